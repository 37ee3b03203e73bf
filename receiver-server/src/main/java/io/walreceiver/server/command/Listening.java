package io.walreceiver.server.command;

import io.walreceiver.server.input.Endpoint;
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
                    "see that no other program listens there, that it is an address of this machine, and a port that this"
                            + " user may listen on; port 0 is any that is free");
        }
    }
}
