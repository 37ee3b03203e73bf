package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/**
 * A whole receiver, with its threads, on a disk that crashes: the next one goes on from what was acknowledged. {@code
 * -Dcrash.receivers=N} crashes so many, {@code -Dcrash.seed=S} starts at one seed.
 */
class CrashedReceiverTest {

    private static final int LOGS = 3;
    private static final int EVENTS = 200;
    private static final int MOST_CRASHES = 3;
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();

    /** A thread that dies of the crash is what is wanted. */
    @BeforeEach
    void crashesAreNotTold() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (!(failure instanceof SimulatedCrash) && handler != null) {
                handler.uncaughtException(thread, failure);
            }
        });
    }

    @AfterEach
    void othersAre() {
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    @Test
    @Timeout(36_000)
    void theNextReceiverGoesOnFromWhatWasAcknowledged() {
        int receivers = Integer.getInteger("crash.receivers", 40);
        long first = Long.getLong("crash.seed", System.nanoTime());
        System.out.println("crashed receivers: seeds from " + first);
        int crashes = 0;
        for (long seed = first; seed < first + receivers; seed++) {
            try {
                crashes += run(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dcrash.receivers=1 -Dcrash.seed=" + seed, e);
            }
        }
        System.out.println("crashed receivers: " + crashes + " crashes");
        assertThat(crashes).isGreaterThan(receivers / 2);
    }

    private static int run(Random random) {
        SimulatedDisk disk = new SimulatedDisk(random.nextLong());
        Map<LogId, Long> acknowledged = new ConcurrentHashMap<>();
        int crashes = 0;
        while (true) {
            if (crashes < MOST_CRASHES) {
                disk.crashAt(disk.operations() + 1 + random.nextInt(250));
            }
            live(disk, acknowledged, random);
            if (!disk.crashed()) {
                return crashes;
            }
            crashes++;
            disk = random.nextBoolean() ? disk.afterPowerLoss(random) : disk.afterProcessKill();
        }
    }

    private static void live(SimulatedDisk disk, Map<LogId, Long> acknowledged, Random random) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        try (Remembering leader = new Remembering(acknowledged, disk)) {
            for (int shard = 0; shard < LOGS; shard++) {
                leader.log(new LogId(1, shard), EVENTS, 1 + random.nextInt(20));
            }
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader,
                    ledger,
                    Schemas.FOUR_TYPES,
                    DirectoryStorage.builder(SimulatedDisk.ROOT.resolve("data"))
                            .disk(disk)
                            .maxFileBytes(2_000)
                            .checkpointBytes(1_500)
                            .build(),
                    ReceiverOptions.builder().parallelism(2).build());
            receiver.receive().subscribe(outcome -> {}, failure -> {});
            Runnable checkpoint = () -> receiver.checkpoint().subscribe(nothing -> {}, failure -> {});
            try {
                await().dontCatchUncaughtExceptions()
                        .atMost(LONG)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            checkpoint.run();
                            return disk.crashed()
                                    || (receiver.status().phase() == ReceiverStatus.Phase.RUNNING && leader.all());
                        });
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(receiver.status().toString(), e);
            }
            leader.finish();
            StopReport report =
                    receiver.stop(disk.crashed() ? Duration.ZERO : LONG).block(LONG);

            assertThat(leader.wentBack).as("asked for what was acknowledged").isNull();
            assertThat(report).isNotNull();
            if (!disk.crashed()) {
                assertThat(report.complete()).isTrue();
                assertThat(readings(ledger)).isEqualTo(readings(model()));
            }
        }
    }

    private static InMemorySignalLedger model() {
        InMemorySignalLedger model = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        for (int shard = 0; shard < LOGS; shard++) {
            LedgerPart part = model.open(new LogId(1, shard));
            for (long seq = 1; seq <= EVENTS; seq++) {
                part.applyWalEvent(Leader.entity(seq), Leader.type(seq), Leader.weight(seq), Leader.time(seq));
            }
        }
        return model;
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger) {
        List<SignalReading> readings = new ArrayList<>();
        for (long seconds : new long[] {0, 86_400}) {
            ledger.forEach(Leader.START + seconds * 1_000_000_000L, readings::add);
        }
        return readings;
    }

    /** A leader that sends everything again, but must not be asked from before what was acknowledged in an earlier life. */
    private static final class Remembering extends SimulatedLeader {

        volatile @Nullable String wentBack;
        private final Map<LogId, Long> acknowledged;
        private final SimulatedDisk disk;

        Remembering(Map<LogId, Long> acknowledged, SimulatedDisk disk) {
            super(Manner.HOLD, Long.MAX_VALUE);
            this.acknowledged = acknowledged;
            this.disk = disk;
        }

        boolean all() {
            return IntStream.range(0, LOGS)
                    .allMatch(shard -> acknowledged.getOrDefault(new LogId(1, shard), 0L) == EVENTS);
        }

        @Override
        public Flux<WalSegmentPayload> segments(Positions positions) {
            Map<LogId, Long> from = positions.read();
            // What a receiver asks for after its crash, it does not ask for.
            acknowledged.forEach((log, through) -> {
                if (from.getOrDefault(log, 0L) < through && !disk.crashed()) {
                    wentBack = log + " from " + from + ", acknowledged through " + acknowledged;
                }
            });
            return super.segments(positions);
        }

        @Override
        public void acknowledge(LogId log, long through) {
            acknowledged.merge(log, through, Math::max);
            super.acknowledge(log, through);
        }
    }
}
