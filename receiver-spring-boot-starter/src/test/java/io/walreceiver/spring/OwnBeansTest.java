package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.OpenStorage;
import io.walreceiver.storage.Storage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Beans of the application's own that take part. */
class OwnBeansTest {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class))
            .withPropertyValues(Generated.SCHEMA)
            .withPropertyValues(Generated.SOURCE);

    /** Keeps its positions itself, as a table in a database would. */
    private static final class Table implements SignalLedger {

        private final Map<LogId, Long> positions = new ConcurrentHashMap<>();
        private final AtomicInteger events = new AtomicInteger();

        @Override
        public Set<LogId> logs() {
            return positions.keySet();
        }

        @Override
        public LedgerPart open(LogId log) {
            return new SelfDurablePart() {
                private long position = positions.getOrDefault(log, 0L);

                @Override
                public long durableThrough() {
                    return position;
                }

                @Override
                public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
                    events.incrementAndGet();
                }

                @Override
                public Mono<Void> commit(long through) {
                    position = through;
                    positions.put(log, through);
                    return Mono.empty();
                }
            };
        }
    }

    @Test
    void aLedgerThatKeepsItsPositionsGoesOnWhereItWas() {
        Table table = new Table();
        for (int i = 0; i < 2; i++) {
            application.withBean(Table.class, () -> table).run(context -> {
                assertThat(context).hasNotFailed().doesNotHaveBean(InMemorySignalLedger.class);
                Generated.awaitAll(context.getBean(SegmentReceiver.class));
            });
            assertThat(table.events).hasValue(27_687);
        }
    }

    @Test
    void theClockTellsTheTimeOfWhatIsStored(@TempDir Path folder) {
        AtomicBoolean asked = new AtomicBoolean();
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                asked.set(true);
                return Instant.EPOCH.plusSeconds(1_767_960_000);
            }
        };
        application
                .withBean(Clock.class, () -> clock)
                .withPropertyValues("wal-receiver.data=" + folder.resolve("data"))
                .run(context -> {
                    SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
                    Generated.awaitAll(receiver);
                    receiver.checkpoint().block(Generated.LONG);
                    assertThat(asked).isTrue();
                });
    }

    @Test
    void schedulersAreTakenByTheirNames() {
        AtomicReference<String> thread = new AtomicReference<>("");
        application
                .withBean(
                        ReceiverAutoConfiguration.REPLAY_SCHEDULER,
                        Scheduler.class,
                        () -> Schedulers.newSingle("own-replay", true))
                .withBean(
                        ReceiverAutoConfiguration.TIMER, Scheduler.class, () -> Schedulers.newSingle("own-timer", true))
                .withBean(OutcomeHandler.class, () -> outcome -> {
                    thread.set(Thread.currentThread().getName());
                    return Mono.empty();
                })
                .run(context -> {
                    SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
                    Generated.awaitAll(receiver);
                    await().atMost(Generated.LONG)
                            .until(() -> receiver.outcomes().applied() == 9);
                    assertThat(thread.get()).startsWith("own-");
                });
    }

    @Test
    void customizersChangeTheOptions() {
        List<String> called = new CopyOnWriteArrayList<>();
        application
                .withBean("customizer", ReceiverOptionsCustomizer.class, () -> options -> {
                    called.add("customizer");
                    options.invalidEvents(InvalidEventPolicy.SKIP);
                })
                .run(context -> {
                    assertThat(called).containsExactly("customizer");
                    Generated.awaitAll(context.getBean(SegmentReceiver.class));
                });
    }

    @Test
    void aHandlerThatIsSlowHoldsUpTheReceiverAndOneThatFailsDoesNot() {
        List<SegmentOutcome> handled = new CopyOnWriteArrayList<>();
        Sinks.Empty<Void> goOn = Sinks.empty();
        application
                .withBean("slow", OutcomeHandler.class, () -> outcome -> {
                    handled.add(outcome);
                    return goOn.asMono();
                })
                .withBean("failing", OutcomeHandler.class, () -> outcome -> {
                    throw new IllegalStateException("on purpose");
                })
                .run(context -> {
                    await().atMost(Generated.LONG).until(() -> handled.size() == 1);
                    goOn.tryEmitEmpty().orThrow();
                    await().atMost(Generated.LONG).until(() -> handled.size() == 9);
                });
    }

    @Test
    void aLongRecoveryDoesNotHoldUpTheStart(@TempDir Path folder) {
        CountDownLatch opened = new CountDownLatch(1);
        Storage real = Storage.directory(folder.resolve("data"));
        Storage slow = new Storage() {
            @Override
            public boolean isVolatile() {
                return false;
            }

            @Override
            public OpenStorage open(StoredSchema wanted, Executor disk, Scheduler timer) {
                try {
                    opened.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return real.open(wanted, disk, timer);
            }
        };
        application.withBean(Storage.class, () -> slow).run(context -> {
            SegmentReceiver receiver = context.getBean(SegmentReceiver.class);
            assertThat(receiver.recovered()).isFalse();
            opened.countDown();
            Generated.awaitAll(receiver);
        });
    }

    @Test
    void theEndIsBoundedIfNothingCanBeDrained() {
        AtomicReference<SegmentReceiver> kept = new AtomicReference<>();
        application
                .withBean(OutcomeHandler.class, () -> outcome -> Mono.never())
                .withPropertyValues("wal-receiver.stop-timeout=100ms")
                .run(context -> {
                    kept.set(context.getBean(SegmentReceiver.class));
                    await().atMost(Generated.LONG).until(() -> Generated.applied(kept.get()) > 0);
                });
        assertThat(kept.get().status().phase()).isEqualTo(Phase.STOPPED);
    }
}
