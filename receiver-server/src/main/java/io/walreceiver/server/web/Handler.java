package io.walreceiver.server.web;

import reactor.core.publisher.Mono;

/** Answers a request. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers.
     *
     * @param call the request, whose sender is known and may ask
     * @return the answer; fails with {@link ProblemException} to say what is wrong; any other failure is answered with status 500. On an
     *     event loop, which must not be blocked; may complete on any thread.
     */
    Mono<Answer> answer(Call call);
}
