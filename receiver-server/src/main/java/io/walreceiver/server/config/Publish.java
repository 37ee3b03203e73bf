package io.walreceiver.server.config;

import io.walreceiver.server.input.Endpoint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where what is durable here is passed on to followers of this one.
 *
 * @param listen where, if it does
 * @param identities who may connect and what he may do
 * @param tls its files of TLS
 * @param insecure whether it may listen outside of loopback without TLS or authentication
 */
public record Publish(
        @Setting(
                value = "Where what is durable here is passed on to other followers, tcp://HOST:PORT; port 0 is any.",
                otherwise = "off",
                schemes = {"tcp"})
        Optional<Endpoint> listen,

        @Setting(value = "Who may connect here and what he may do; see security.md.", otherwise = "security.identities")
        Optional<Path> identities,

        @Setting("TLS of its own; what is left out is taken from security.tls.")
        Tls tls,

        @Setting(value = "May listen outside of loopback without TLS or authentication.", preset = "false")
        boolean insecure)
        implements Listener {}
