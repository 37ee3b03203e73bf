package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.inprocess.InProcessLeader;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Logs that share a connection do not share their troubles. {@code -Disolation.events=N} sends so many of each log; the default is
 * 200,000.
 */
class TcpIsolationTest {

    private static final Duration SOON = Duration.ofMinutes(4);
    private static final int SEGMENT_EVENTS = 2_000;
    private static final long WINDOW_BYTES = 1 << 20;
    private static final long IN_FLIGHT_BYTES = 16 << 20;
    private static final LogId STALLED = new LogId(1, 0);
    private static final SignalSchema SCHEMA = SignalSchema.of(IntStream.range(0, 4)
            .mapToObj(type -> SignalType.permanent(type, "type" + type))
            .toList());

    private static final int LARGE_BYTES = 64 << 20;
    private static final long PAUSE_NANOS = 50_000;

    @Test
    void aLogThatStandsStillForEverStopsNoOtherOnItsConnection() {
        int segments = Integer.getInteger("isolation.events", 200_000) / SEGMENT_EVENTS;
        List<WalSegmentPayload> written = new ArrayList<>();
        List<List<WalSegmentPayload>> logs = new ArrayList<>();
        for (int shard = 0; shard < 4; shard++) {
            logs.add(Segments.of(new LogId(1, shard)).next(segments, SEGMENT_EVENTS));
            written.addAll(logs.get(shard));
        }
        long events = (long) segments * SEGMENT_EVENTS;
        try (InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(WINDOW_BYTES).build()) {
            TcpPublisher.Running publisher = Objects.requireNonNull(
                    TcpPublisher.builder(new SimplePublication(written, terms -> leader.follower()))
                            .heartbeatInterval(Duration.ofMillis(10))
                            .build()
                            .start()
                            .block(SOON));
            TcpTransport transport = TcpTransport.builder()
                    .port(publisher.address().getPort())
                    .windowBytesPerLog(WINDOW_BYTES)
                    .build();
            SegmentReceiver receiver = SegmentReceiver.create(
                    transport,
                    new StallingLedger(InMemorySignalLedger.create(SCHEMA)),
                    SCHEMA,
                    ReceiverOptions.builder()
                            .maxSegmentBytes((int) WINDOW_BYTES)
                            .maxInFlightBytes(IN_FLIGHT_BYTES)
                            .build());
            receiver.receive().subscribe();
            Flux.fromIterable(logs)
                    .flatMap(log -> Flux.fromIterable(log).concatMap(leader::send))
                    .subscribe(sent -> {}, closed -> {}); // the stalled one's never end
            Set<Long> heartbeats = new HashSet<>();

            await().atMost(SOON).pollInterval(Duration.ofMillis(5)).until(() -> {
                transport.heartbeat(STALLED).map(Heartbeat::receivedAt).ifPresent(heartbeats::add);
                return receiver.status().logs().stream()
                                .filter(log -> !log.log().equals(STALLED))
                                .filter(log -> log.applied() == events)
                                .count()
                        == 3;
            });

            LogStatus stalled = receiver.status().log(STALLED).orElseThrow();
            assertThat(stalled.applied()).isLessThan(events);
            assertThat(stalled.state()).isEqualTo(LogState.RUNNING); // nothing of it had to be let go
            assertThat(stalled.lagEvents()).hasValue(events - stalled.applied());
            assertThat(receiver.status().peakInFlightBytes()).isLessThanOrEqualTo(IN_FLIGHT_BYTES);
            assertThat(transport.status().reconnects()).isZero();
            assertThat(heartbeats).hasSizeGreaterThan(1);
            receiver.stop(Duration.ZERO).block(SOON);
            publisher.stop(false).block(SOON);
        }
    }

    /** What is told of other logs does not wait until a large segment has gone over a narrow line. */
    @Test
    void heartbeatsComeBesideALargeSegment() {
        LogId busy = new LogId(1, 0);
        LogId other = new LogId(1, 1);
        WalSegmentPayload large = new WalSegmentPayload(new WalSegmentId(busy, 1), new byte[LARGE_BYTES], 1);
        WalSegmentPayload small = new WalSegmentPayload(new WalSegmentId(other, 1), new byte[100], 1);
        Set<LogId> received = ConcurrentHashMap.newKeySet();
        try (InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(LARGE_BYTES).build()) {
            TcpPublisher.Running publisher = Objects.requireNonNull(
                    TcpPublisher.builder(new SimplePublication(List.of(large, small), terms -> leader.follower()))
                            .heartbeatInterval(Duration.ofMillis(10))
                            .build()
                            .start()
                            .block(SOON));
            try (FaultProxy line = FaultProxy.narrow(publisher.address(), PAUSE_NANOS)) {
                TcpTransport transport = TcpTransport.builder()
                        .port(line.port())
                        .windowBytesPerLog(LARGE_BYTES)
                        .maxSegmentBytes(LARGE_BYTES)
                        .build();
                Disposable subscription = transport.segments(Map::of).subscribe(segment -> received.add(segment.log()));
                leader.send(small).subscribe();
                await().atMost(SOON).until(() -> received.contains(other)); // the large one goes alone
                leader.send(large).subscribe();
                Set<Long> heartbeats = new HashSet<>();
                await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> {
                    boolean underWay = publisher.followers().stream().anyMatch(to -> to.sentBytes() > LARGE_BYTES / 16);
                    if (underWay && !received.contains(busy)) {
                        transport.heartbeat(other).map(Heartbeat::receivedAt).ifPresent(heartbeats::add);
                    }
                    return received.contains(busy);
                });
                assertThat(heartbeats)
                        .as("heartbeats while the segment was under way")
                        .hasSizeGreaterThan(10);
                assertThat(transport.status().reconnects()).isZero();
                subscription.dispose();
            }
            publisher.stop(false).block(SOON);
        }
    }

    /** One log's part waits for its commit for ever. */
    private record StallingLedger(SignalLedger ledger) implements SignalLedger {

        @Override
        public LedgerPart open(LogId log) {
            LedgerPart part = ledger.open(log);
            return !log.equals(STALLED)
                    ? part
                    : new LedgerPart() {
                        @Override
                        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
                            part.applyWalEvent(entityId, signalType, weight, timestampNanos);
                        }

                        @Override
                        public void apply(EventBatch batch, long through) {
                            part.apply(batch, through);
                        }

                        @Override
                        public Mono<Void> commit(long through) {
                            return Mono.never();
                        }

                        @Override
                        public void close() {
                            part.close();
                        }
                    };
        }
    }
}
