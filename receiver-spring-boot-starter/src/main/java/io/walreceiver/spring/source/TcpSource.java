package io.walreceiver.spring.source;

import io.walreceiver.health.SourceState;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpStatus;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A publisher. Loaded only if Netty is there. */
final class TcpSource implements Source {

    private static final Set<TcpStatus.State> CAN_SEND = EnumSet.of(TcpStatus.State.CONNECTED, TcpStatus.State.ENDED);

    private final TcpTransport transport;
    private final BundleSecurity security;

    TcpSource(TcpTransport transport, BundleSecurity security) {
        this.transport = transport;
        this.security = security;
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public Optional<SourceState> state() {
        TcpStatus status = transport.status();
        Map<String, Long> drops = status.drops().entrySet().stream()
                .collect(Collectors.toMap(
                        drop -> drop.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '), Map.Entry::getValue));
        return Optional.of(new SourceState(
                transport.toString(), CAN_SEND.contains(status.state()), status.text(), status.reconnects(), drops));
    }

    @Override
    public void close() {
        security.close();
    }
}
