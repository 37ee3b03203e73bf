package io.walreceiver.server.service;

import io.walreceiver.server.input.Endpoint;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Objects;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Starts servers, and says why one cannot be started. */
public final class Listening {

    private Listening() {}

    /** What listens, once it does. */
    public static <T> T on(Endpoint listen, Mono<T> start) {
        try {
            return Objects.requireNonNull(start.block());
        } catch (RuntimeException e) {
            Throwable cause = Exceptions.unwrap(e);
            throw failure(listen, String.valueOf(cause.getMessage()));
        }
    }

    /** Looks whether something could listen, and leaves the place to it: what is told now is not told after a long recovery. */
    static void check(Endpoint listen) {
        if (listen.port() == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(listen.address());
        } catch (IOException e) {
            throw failure(listen, String.valueOf(e.getMessage()));
        }
    }

    private static ServiceFailure failure(Endpoint listen, String why) {
        return ServiceFailure.failed(
                "cannot listen on " + listen + ": " + why,
                "see that no other program listens there, that it is an address of this machine, and a port that this user may"
                        + " listen on; port 0 is any that is free");
    }
}
