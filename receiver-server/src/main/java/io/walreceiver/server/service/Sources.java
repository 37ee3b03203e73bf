package io.walreceiver.server.service;

import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpStatus;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How what is followed stands. */
final class Sources {

    private Sources() {}

    /**
     * How each stands.
     *
     * @param pushedTo where segments are taken that are pushed, if anywhere
     */
    static List<SourceStatus> of(List<? extends Transport> transports, Optional<Endpoint> pushedTo) {
        Stream<SourceStatus> pulled = transports.stream()
                .filter(TcpTransport.class::isInstance)
                .map(TcpTransport.class::cast)
                .map(Sources::of);
        Stream<SourceStatus> pushed = pushedTo.stream()
                .map(where -> new SourceStatus(
                        where.toString(), "listening", "taking segments that are pushed to " + where, 0));
        return Stream.concat(pulled, pushed).toList();
    }

    private static SourceStatus of(TcpTransport transport) {
        TcpStatus status = transport.status();
        return new SourceStatus(
                transport.toString(),
                status.state().name().toLowerCase(Locale.ROOT),
                status.text(),
                status.reconnects());
    }
}
