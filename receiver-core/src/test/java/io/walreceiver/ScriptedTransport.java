package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;

/** A transport that delivers whatever flux a test gives it and records what it is told. */
class ScriptedTransport implements Transport {

    record Said(String what, LogId log, long position) {}

    final List<Said> said = new CopyOnWriteArrayList<>();
    final Map<LogId, Long> acknowledged = new ConcurrentHashMap<>();
    private final Flux<WalSegmentPayload> segments;
    private final boolean canSendAgain;
    volatile Positions positions = Positions.NONE;

    ScriptedTransport(Flux<WalSegmentPayload> segments, boolean canSendAgain) {
        this.segments = segments;
        this.canSendAgain = canSendAgain;
    }

    ScriptedTransport(Flux<WalSegmentPayload> segments) {
        this(segments, true);
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        this.positions = positions;
        return segments;
    }

    @Override
    public void acknowledge(LogId log, long through) {
        acknowledged.merge(log, through, Math::max);
    }

    @Override
    public void request(LogId log, long from) {
        said.add(new Said("request", log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        said.add(new Said("hold", log, from));
    }

    @Override
    public boolean canSendAgain() {
        return canSendAgain;
    }
}
