package io.walreceiver.server.service;

import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpStatus;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.util.List;
import java.util.Locale;

/** How what is followed stands. */
final class Sources {

    private Sources() {}

    static List<SourceStatus> of(List<? extends Transport> transports) {
        return transports.stream()
                .filter(TcpTransport.class::isInstance)
                .map(TcpTransport.class::cast)
                .map(Sources::of)
                .toList();
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
