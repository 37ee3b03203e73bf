package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.health.SourceState;
import io.walreceiver.metrics.LedgerSize;
import io.walreceiver.metrics.ReceiverMeters;
import io.walreceiver.transport.Heartbeat;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** What meters tell of a receiver. */
class MetersOfReceiverTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);

    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final SegmentReceiver receiver = SegmentReceiver.create(
            new ScriptedTransport(source.asFlux()) {
                @Override
                public Optional<Heartbeat> heartbeat(LogId log) {
                    asked.incrementAndGet();
                    return Optional.ofNullable(heartbeats.get(log));
                }
            },
            new RecordingLedger(),
            Schemas.FOUR_TYPES,
            ReceiverOptions.builder().replayScheduler(Schedulers.immediate()).build());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private List<SourceState> sources = List.of();
    private Map<String, Long> refusals = Map.of();
    private final ReceiverMeters meters = ReceiverMeters.builder(receiver)
            .sources(() -> sources)
            .pushRefusals(() -> refusals)
            .ledger(() -> new LedgerSize(4096, 17))
            .certificates(() -> Map.of("web", Instant.ofEpochSecond(1_800_000_000)))
            .maxLogSeries(2)
            .build();

    @AfterEach
    void end() {
        receiver.stop(Duration.ZERO).block();
        registry.close();
    }

    @Test
    void aReceiverThatHasNotStartedHasItsPhaseAndNoLogs() {
        meters.bindTo(registry);
        assertThat(value("walreceiver.phase", "phase", "new")).isEqualTo(1);
        assertThat(value("walreceiver.phase", "phase", "running")).isZero();
        assertThat(value("walreceiver.recovery.progress")).isZero();
        assertThat(registry.find("walreceiver.log.applied.position").meters()).isEmpty();
        assertThat(registry.find("walreceiver.ready").meters())
                .as("nobody checks")
                .isEmpty();
    }

    @Test
    void aLogThatComesGetsItsPositionsAndWhatIsUnknownHasNoMeterButSaysSo() {
        meters.bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        meters.refresh();
        for (String position : List.of("received", "written", "durable", "applied", "acknowledged")) {
            assertThat(ofLog(position + ".position")).isEqualTo(10);
        }
        assertThat(ofLog("lag.unknown")).isEqualTo(1);
        assertThat(value("walreceiver.logs.lag.unknown")).isEqualTo(1);
        for (String unknown : List.of("head.position", "lag.events", "lag", "heartbeat.age", "epoch")) {
            assertThat(registry.find("walreceiver.log." + unknown).meters())
                    .as(unknown)
                    .isEmpty();
        }
        assertThat(registry.find("walreceiver.lag.events").meters()).isEmpty();

        heartbeats.put(LOG, new Heartbeat(25, Leader.START + 5_000_000_000L, System.nanoTime()));
        meters.refresh();
        assertThat(ofLog("lag.unknown")).isZero();
        assertThat(ofLog("head.position")).isEqualTo(25);
        assertThat(ofLog("lag.events")).isEqualTo(15);
        assertThat(ofLog("lag")).isPositive().isLessThanOrEqualTo(5);
        assertThat(ofLog("heartbeat.age")).isNotNegative();
        assertThat(value("walreceiver.lag.events")).isEqualTo(15);
        assertThat(value("walreceiver.lag.max")).isEqualTo(ofLog("lag"));

        heartbeats.clear();
        meters.refresh();
        assertThat(registry.find("walreceiver.log.lag.events").meters()).isEmpty();
        assertThat(registry.find("walreceiver.lag.max").meters()).isEmpty();
    }

    @Test
    void aGapIsAStateOfItsLogAndCountedAmongTheLogs() {
        meters.bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 21, 10));
        send(Leader.segment(OTHER, 1, 10));
        meters.refresh();
        assertThat(value("walreceiver.log.state", "log", "1:3", "state", "gap")).isEqualTo(1);
        assertThat(value("walreceiver.log.state", "log", "1:4", "state", "running"))
                .isEqualTo(1);
        assertThat(registry.find("walreceiver.log.state").meters()).hasSize(2);
        assertThat(ofLog("degraded")).isEqualTo(1);
        assertThat(ofLog("held.segments")).isEqualTo(1);
        assertThat(ofLog("held")).isEqualTo(ofLog("inflight")).isEqualTo(274);
        assertThat(value("walreceiver.held")).isEqualTo(274);
        assertThat(value("walreceiver.logs", "state", "gap")).isEqualTo(1);
        assertThat(value("walreceiver.logs", "state", "running")).isEqualTo(1);
        assertThat(value("walreceiver.logs", "state", "disk full")).isZero();
        assertThat(value("walreceiver.logs.degraded")).isEqualTo(1);

        send(Leader.segment(LOG, 11, 10));
        meters.refresh();
        assertThat(registry.find("walreceiver.log.state").tag("log", "1:3").meters())
                .extracting(meter -> meter.getId().getTag("state"))
                .containsExactly("running");
    }

    @Test
    void outcomesAreCounted() {
        meters.bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 1, 10));
        send(Leader.corrupt(Leader.segment(LOG, 11, 10)));
        meters.refresh();
        assertThat(counted("walreceiver.segments", "outcome", "applied")).isEqualTo(1);
        assertThat(counted("walreceiver.segments", "outcome", "duplicate")).isEqualTo(1);
        assertThat(counted("walreceiver.segments", "outcome", "refused")).isEqualTo(1);
        assertThat(counted("walreceiver.segments", "outcome", "deferred")).isZero();
        assertThat(counted("walreceiver.events.applied")).isEqualTo(10);
    }

    @Test
    void logsBeyondTheBoundHaveNoSeriesButAreCounted() {
        meters.bindTo(registry);
        start();
        for (int shard = 9; shard >= 0; shard--) {
            send(Leader.segment(new LogId(1, shard), 1, 10));
        }
        meters.refresh();
        assertThat(registry.find("walreceiver.log.applied.position").meters())
                .extracting(meter -> meter.getId().getTag("log"))
                .containsExactlyInAnyOrder("1:0", "1:1");
        assertThat(value("walreceiver.logs.without.series")).isEqualTo(8);
        assertThat(value("walreceiver.logs", "state", "running")).isEqualTo(10);
    }

    @Test
    void sourcesAndWhatSurroundsTheReceiverIsTold() {
        sources = List.of(
                new SourceState("tcp://a", true, "connected", 3, Map.of("lost", 2L)),
                new SourceState("tcp://b", false, "gone", 0, Map.of()));
        meters.bindTo(registry);
        assertThat(value("walreceiver.source.connected", "source", "tcp://a")).isEqualTo(1);
        assertThat(value("walreceiver.source.connected", "source", "tcp://b")).isZero();
        assertThat(counted("walreceiver.source.reconnects", "source", "tcp://a"))
                .isEqualTo(3);
        assertThat(counted("walreceiver.source.drops", "source", "tcp://a", "reason", "lost"))
                .isEqualTo(2);
        assertThat(value("walreceiver.ledger.size")).isEqualTo(4096);
        assertThat(value("walreceiver.ledger.pairs")).isEqualTo(17);
        assertThat(value("walreceiver.certificate.expiry.timestamp", "certificate", "web"))
                .isEqualTo(1_800_000_000);

        assertThat(registry.find("walreceiver.push.refusals").meters()).isEmpty();
        refusals = Map.of("gap", 5L);
        meters.refresh();
        assertThat(counted("walreceiver.push.refusals", "problem", "gap")).isEqualTo(5);
    }

    @Test
    void oneScrapeReadsTheStatusOnceAndALaterOneAnew() {
        meters.bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        meters.refresh();
        int before = asked.get();
        registry.getMeters().forEach(Meter::measure);
        assertThat(asked.get() - before).as("reads").isLessThanOrEqualTo(2);

        send(Leader.segment(LOG, 11, 10));
        await().untilAsserted(() -> assertThat(ofLog("applied.position")).isEqualTo(20));
        send(Leader.segment(OTHER, 1, 10)); // whoever reads any value has new ones put in order
        await().untilAsserted(() -> {
            value("walreceiver.held");
            assertThat(registry.find("walreceiver.log.applied.position")
                            .tag("log", "1:4")
                            .meters())
                    .hasSize(1);
        });
    }

    @Test
    void severalRegistriesTellTheSame() {
        SimpleMeterRegistry second = new SimpleMeterRegistry();
        meters.bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        meters.bindTo(second);
        assertThat(second.get("walreceiver.log.applied.position").gauge().value())
                .isEqualTo(10);
        assertThat(ofLog("applied.position")).isEqualTo(10);
        second.close();
    }

    @Test
    void noMeterIsKeptAliveByLuck() {
        ReceiverMeters.builder(receiver).build().bindTo(registry);
        start();
        send(Leader.segment(LOG, 1, 10));
        send(Leader.segment(LOG, 11, 10));
        System.gc();
        await().untilAsserted(
                        () -> assertThat(counted("walreceiver.events.applied")).isEqualTo(20));
        assertThat(value("walreceiver.logs", "state", "running")).isEqualTo(1);
    }

    @Test
    void theBoundIsChecked() {
        assertThatThrownBy(
                        () -> ReceiverMeters.builder(receiver).maxLogSeries(-1).build())
                .hasMessage("maxLogSeries=-1 is out of range: must be 0 or more");
    }

    // ----

    private void start() {
        receiver.receive().subscribe();
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    private double ofLog(String name) {
        return value("walreceiver.log." + name, "log", LOG.toString());
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }
}
