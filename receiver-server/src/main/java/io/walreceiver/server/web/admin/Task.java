package io.walreceiver.server.web.admin;

import io.walreceiver.server.web.Answer;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * What an operator wants done.
 *
 * @param parameters what of it goes into the audit
 * @param work does it, when subscribed to, on a thread that may block
 */
record Task(Map<String, ?> parameters, Mono<Answer> work) {}
