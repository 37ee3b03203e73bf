package io.walreceiver.server.config;

import io.walreceiver.server.input.Endpoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A publisher that is followed.
 *
 * @param address where it is
 * @param tls how to show who this is, and to know the publisher
 * @param token the file with the token to show
 * @param insecure whether the token may be sent in the clear
 */
public record Source(
        @Setting(
                value = "A publisher to follow, tcp://HOST:PORT; what several send is merged.",
                schemes = {"tcp"})
        Endpoint address,

        @Setting("TLS of its own; what is left out is taken from security.tls.")
        Tls tls,

        @Setting(value = "A file that holds the token to show to it.", secret = true, otherwise = "security.token")
        Optional<Path> token,

        @Setting(value = "May send the token in the clear.", preset = "false")
        boolean insecure) {}
