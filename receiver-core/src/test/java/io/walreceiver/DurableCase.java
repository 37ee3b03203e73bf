package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Flux;

/** Receivers that keep their logs on a simulated disk. */
abstract class DurableCase {

    static final LogId A = new LogId(1, 0);
    static final LogId B = new LogId(1, 1);
    static final Duration SOON = Duration.ofMinutes(2);
    static final Path DATA = SimulatedDisk.ROOT.resolve("data");
    static final long NOW = Leader.START + 3_600_000_000_000L;

    SimulatedDisk disk = new SimulatedDisk(1);
    final Queue<SegmentOutcome> outcomes = new ConcurrentLinkedQueue<>();
    InMemorySignalLedger ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
    private final List<SegmentReceiver> started = new ArrayList<>();

    @AfterEach
    void stopAll() {
        started.forEach(receiver -> receiver.stop(Duration.ZERO).block(SOON));
        started.clear();
    }

    DirectoryStorage.Builder storage() {
        return DirectoryStorage.builder(DATA).disk(disk).maxFileBytes(4_000);
    }

    static ReceiverOptions.Builder options() {
        return ReceiverOptions.builder()
                .minResendDelay(Duration.ofMillis(5))
                .maxResendDelay(Duration.ofMillis(50))
                .patience(Duration.ofMillis(50));
    }

    SegmentReceiver receiver(Transport transport, SignalLedger into) {
        return SegmentReceiver.create(
                transport,
                into,
                Schemas.FOUR_TYPES,
                storage().build(),
                options().build());
    }

    /** A receiver that runs, into a new ledger. */
    SegmentReceiver start(Transport transport) {
        ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        return started(receiver(transport, ledger));
    }

    SegmentReceiver started(SegmentReceiver receiver) {
        started.add(receiver);
        receiver.receive().subscribe(outcomes::add, error -> {});
        return receiver;
    }

    static LogStatus status(SegmentReceiver receiver, LogId log) {
        return receiver.status().log(log).orElseThrow(() -> new AssertionError("log " + log + " is not known"));
    }

    static void awaitState(SegmentReceiver receiver, LogId log, LogState state) {
        await().until(() -> receiver.status()
                .log(log)
                .filter(status -> status.state() == state)
                .isPresent());
    }

    static void awaitDurable(SegmentReceiver receiver, LogId log, long through) {
        try {
            await().until(() -> receiver.status()
                    .log(log)
                    .filter(status -> status.acknowledged() == through
                            && status.durable() == through
                            && status.applied() == through
                            && status.state() == LogState.RUNNING)
                    .isPresent());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("log " + log + " is not whole: " + receiver.status(), e);
        }
    }

    /** The files of a log. */
    static Path folder(LogId log) {
        return DataLayout.log(DATA, log);
    }

    static boolean isOf(LogId log, Path path) {
        return path.startsWith(folder(log));
    }

    void assertHolds(long events, LogId... logs) {
        assertThat(readings(ledger)).isEqualTo(expected(events, logs));
    }

    /** What a ledger holds after the first events of some logs. */
    static List<SignalReading> expected(long events, LogId... logs) {
        InMemorySignalLedger plain = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        Flux<WalSegmentPayload> all = Flux.fromArray(logs).map(log -> Leader.segment(log, 1, (int) events));
        SegmentReceiver.create(Transport.of(all), plain, Schemas.FOUR_TYPES)
                .receive()
                .blockLast(SOON);
        return readings(plain);
    }

    static List<SignalReading> readings(InMemorySignalLedger ledger) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(NOW, readings::add);
        return readings;
    }
}
