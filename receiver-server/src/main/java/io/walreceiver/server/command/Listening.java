package io.walreceiver.server.command;

import io.walreceiver.server.input.Endpoint;
import java.net.BindException;
import java.util.Objects;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Starts servers, and says why one cannot be started. */
final class Listening {

    private Listening() {}

    /** What listens, once it does. */
    static <T> T on(Endpoint listen, Mono<T> start) {
        try {
            return Objects.requireNonNull(start.block());
        } catch (RuntimeException e) {
            Throwable cause = Exceptions.unwrap(e);
            throw CommandFailure.failed(
                    "cannot listen on " + listen + ": " + cause.getMessage(),
                    inUse(cause)
                            ? "another program listens there: end it, or name another port; port 0 is any that is free"
                            : "name an address of this machine, and a port that this user may listen on");
        }
    }

    private static boolean inUse(Throwable cause) {
        return cause instanceof BindException || cause.getCause() instanceof BindException;
    }
}
