package io.walreceiver.server.config;

import io.walreceiver.server.input.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The dashboard and the API.
 *
 * @param listen where, if it does
 * @param identities who may connect and what he may do
 * @param tls its files of TLS
 * @param insecure whether it may listen outside of loopback without TLS or authentication
 * @param names by which it may be asked for, beside its own
 * @param maxConnections most connections at a time, 1 or more
 * @param requestDeadline how long a connection may take to bring a whole head of a request
 */
public record Web(
        @Setting(
                value =
                        "Where the dashboard and the API are, http://HOST:PORT; port 0 is any. The word off for nowhere.",
                preset = "http://127.0.0.1:7400",
                schemes = {"http", "https"})
        Optional<Endpoint> listen,

        @Setting(value = "Who may connect here and what he may do; see security.md.", otherwise = "security.identities")
        Optional<Path> identities,

        @Setting("TLS of its own; what is left out is taken from security.tls.")
        Tls tls,

        @Setting(value = "May listen outside of loopback without TLS or authentication.", preset = "false")
        boolean insecure,

        @Setting(
                value = "Names by which browsers and others ask for it, beside the host of listen; see security.md.",
                otherwise = "none")
        Optional<HostNames> names,

        @Setting(value = "Most connections at a time; further ones are closed.", preset = "8192", least = "1")
        int maxConnections,

        @Setting(
                value = "How long a connection may take to bring a whole head of a request.",
                preset = "60s",
                least = "100ms",
                most = "1h")
        Duration requestDeadline)
        implements Listener {}
