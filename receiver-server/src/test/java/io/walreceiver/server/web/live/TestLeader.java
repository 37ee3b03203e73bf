package io.walreceiver.server.web.live;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A leader that a test moves by hand, from one thread. */
public final class TestLeader implements Transport {

    private static final long NANOS = 1_000_000_000L;
    private static final int ENTITIES = 40;
    private static final int SIGNALS = 3;
    private static final BatchHasher HASHER = BatchHasher.bouncyCastle();

    private final Sinks.Many<WalSegmentPayload> segments =
            Sinks.many().unicast().onBackpressureBuffer();
    private final Map<LogId, Long> ends = new ConcurrentHashMap<>();
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final Map<LogId, LogTrouble> troubles = new ConcurrentHashMap<>();

    /** Sends the next events of a log. */
    public void send(LogId log, int events) {
        long first = ends.getOrDefault(log, 0L) + 1;
        emit(segment(log, first, events));
        ends.put(log, first + events - 1);
    }

    /** Goes on without sending. */
    public void lose(LogId log, int events) {
        ends.merge(log, (long) events, Long::sum);
    }

    /** Sends a copy of the next events with a bit turned. */
    public void sendCorrupt(LogId log, int events) {
        WalSegmentPayload good = segment(log, ends.getOrDefault(log, 0L) + 1, events);
        byte[] bytes = good.bytes().clone();
        bytes[bytes.length - 1] ^= 1;
        emit(new WalSegmentPayload(good.id(), bytes, good.eventCount()));
    }

    /** Says how far a log is, with a clock that is right. */
    public void beat(LogId log, long head) {
        heartbeats.put(log, new Heartbeat(head, System.currentTimeMillis() * 1_000_000, System.nanoTime()));
    }

    /** Says so for all of what was sent. */
    public void beat() {
        ends.forEach(this::beat);
    }

    /** The last heartbeat came so long ago. */
    public void beatLongAgo(LogId log, long head, long seconds) {
        long now = System.currentTimeMillis() * 1_000_000;
        heartbeats.put(log, new Heartbeat(head, now - seconds * NANOS, System.nanoTime() - seconds * NANOS));
    }

    public void trouble(LogId log, LogState state, String cause) {
        troubles.put(log, new LogTrouble(state, cause));
    }

    public void end() {
        segments.tryEmitComplete().orThrow();
    }

    private void emit(WalSegmentPayload segment) {
        segments.tryEmitNext(segment).orThrow();
    }

    private static WalSegmentPayload segment(LogId log, long first, int events) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, HASHER);
        long now = System.currentTimeMillis() * 1_000_000 - NANOS;
        encoder.beginBatch(first, now);
        for (long seq = first; seq < first + events; seq++) {
            long entity = Math.floorMod(seq * seq * 31 + log.shard(), ENTITIES);
            encoder.event(entity, (int) (seq % SIGNALS), 1 + seq % 5, now - (seq % 100) * 1_000_000);
        }
        return encoder.endBatch().finish();
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return segments.asFlux();
    }

    @Override
    public void acknowledge(LogId log, long through) {}

    @Override
    public void request(LogId log, long from) {}

    @Override
    public void hold(LogId log, long from) {}

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public OptionalLong head(LogId log) {
        Heartbeat heartbeat = heartbeats.get(log);
        return heartbeat == null ? OptionalLong.empty() : OptionalLong.of(heartbeat.head());
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        return Optional.ofNullable(heartbeats.get(log));
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return Optional.ofNullable(troubles.get(log));
    }
}
