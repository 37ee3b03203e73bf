package io.walreceiver.server.web;

import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerResponse;

/** Answers a request with a response of its own making: one that goes on. */
@FunctionalInterface
public interface Stream {

    /**
     * Answers.
     *
     * @param call the request, whose sender is known and may ask
     * @param response nothing of it has been sent; it has the headers that all answers have
     * @return completes when all is sent, or the peer has gone; fails with {@link ProblemException} before anything is sent
     */
    Publisher<Void> answer(Call call, HttpServerResponse response);
}
