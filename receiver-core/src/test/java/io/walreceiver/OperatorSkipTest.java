package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.log.LogState;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.disk.SimulatedCrash;
import io.walreceiver.storage.disk.SimulatedDisk;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.Quarantine;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Sinks;

/** What an operator changes while the receiver runs: events are given up, refused segments dropped. */
class OperatorSkipTest extends DurableCase {

    private static final String LOST = "the leader's disk was lost";

    private Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();

    @Test
    void theLogGoesOnBehindTheHoleWithWhatItHeldAndTheHoleIsOnRecordForEver() {
        SegmentReceiver receiver = follow();
        gap(receiver);

        Skip skip = receiver.skip(A, 150, LOST).block(SOON);

        assertThat(skip).extracting(Skip::from, Skip::through, Skip::reason).containsExactly(101L, 150L, LOST);
        awaitDurable(receiver, A, 200);
        assertThat(status(receiver, A).skips()).containsExactly(skip);
        assertThat(readings(ledger)).isEqualTo(readings(model(1, 100, 151, 200)));
        send(Leader.segment(A, 101, 50)); // too late
        send(Leader.segment(A, 201, 50));
        awaitDurable(receiver, A, 250);
        stopAll();

        SegmentReceiver again = follow();
        awaitDurable(again, A, 250);
        assertThat(status(again, A).skips()).containsExactly(skip);
        assertThat(readings(ledger)).isEqualTo(readings(model(1, 100, 151, 250)));
        assertThat(again.skip(A, 150, "a second time, after a restart").block(SOON))
                .isEqualTo(skip);
    }

    @Test
    void twiceIsOnce() {
        SegmentReceiver receiver = follow();
        gap(receiver);
        Skip first = receiver.skip(A, 150, LOST).block(SOON);
        assertThat(receiver.skip(A, 150, "again").block(SOON)).isEqualTo(first);
        awaitDurable(receiver, A, 200);
        assertThat(status(receiver, A).skips()).containsExactly(first);
    }

    @Test
    void aRefusedSegmentIsGivenUpAndTheLogHeals() {
        SegmentReceiver receiver = follow();
        send(Leader.segment(A, 1, 100));
        send(Leader.corrupt(Leader.segment(A, 101, 50)));
        send(Leader.segment(A, 151, 50));
        awaitState(receiver, A, LogState.CORRUPT);
        await().until(() -> status(receiver, A).heldSegments() == 1);
        receiver.skip(A, 150, "no good copy is left").block(SOON);
        awaitDurable(receiver, A, 200);
    }

    @Test
    void whatMakesNoSenseIsRefusedAndNothingChanges() {
        SegmentReceiver receiver = follow();
        gap(receiver);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(A, 100, LOST).block(SOON))
                .withMessage("log 1:0 holds its events through 100: expected a position beyond it, found 100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(A, 151, LOST).block(SOON))
                .withMessage("log 1:0 holds verified events from 151 on, which go on by themselves: expected at most"
                        + " 150, found 151");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(B, 150, LOST).block(SOON))
                .withMessage("log 1:1 is not known: nothing of it has come or is stored");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(A, 0, LOST).block(SOON));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(A, 150, " ").block(SOON));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> receiver.skip(A, 150, "x".repeat(1_001)).block(SOON));
        assertThat(status(receiver, A).skips()).isEmpty();
        assertThat(status(receiver, A).received()).isEqualTo(100);
        stopAll();
        assertThatThrownBy(() -> receiver.skip(A, 150, LOST).block(SOON))
                .isInstanceOf(ReceiverEndedException.class)
                .hasMessage("a skip needs a receiver that runs: it is stopped");
    }

    @Test
    void aSkipThatCannotBePutOnRecordIsNotMadeUntilItCan() {
        SegmentReceiver receiver = follow();
        gap(receiver);
        disk.failSyncs(path -> path.toString().contains("skips"));
        assertThatThrownBy(() -> receiver.skip(A, 150, LOST).block(SOON)).hasMessageContaining("Input/output error");
        assertThat(status(receiver, A).received()).isEqualTo(100);
        disk.repair();
        receiver.skip(A, 150, LOST).block(SOON);
        awaitDurable(receiver, A, 200);
    }

    /** Whatever the moment of the crash: the hole is on record and the log behind it, or neither; once it was answered, both. */
    @Test
    void aCrashLeavesAllOfASkipOrNothing() {
        long seed = Long.getLong("skip.seed", System.nanoTime());
        System.out.println("operator's skip: -Dskip.seed=" + seed);
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            if (!(failure instanceof SimulatedCrash) && handler != null) {
                handler.uncaughtException(thread, failure);
            }
        });
        try {
            int neither = 0;
            int made = 0;
            for (int step = 0; made < 3; step++) {
                Random random = new Random(seed + step);
                disk = new SimulatedDisk(seed + step);
                SegmentReceiver receiver = follow();
                send(Leader.segment(A, 1, 100));
                awaitDurable(receiver, A, 100);
                disk.crashAt(disk.operations() + 1 + step);
                boolean answered = answered(receiver);
                stopAll();
                disk = random.nextBoolean() ? disk.afterPowerLoss(random) : disk.afterProcessKill();

                SegmentReceiver again = follow();
                await().until(() -> again.status().phase() == Phase.RUNNING);
                long position = status(again, A).durable();
                assertThat(position).as("step %d", step).isIn(answered ? List.of(150L) : List.of(100L, 150L));
                assertThat(status(again, A).skips()).hasSize(position == 150 ? 1 : 0);
                send(Leader.segment(A, 101, 100)); // what is left of it follows
                awaitDurable(again, A, 200);
                assertThat(readings(ledger))
                        .isEqualTo(readings(position == 150 ? model(1, 100, 151, 200) : model(1, 200)));
                stopAll();
                neither += position == 100 ? 1 : 0;
                made += answered ? 1 : 0;
            }
            assertThat(neither).isPositive();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(handler);
        }
    }

    private boolean answered(SegmentReceiver receiver) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        receiver.skip(A, 150, LOST).subscribe(skip -> end.complete(true), failure -> end.complete(false));
        await().until(() -> end.isDone() || disk.crashed());
        return end.getNow(false);
    }

    /** The missing range comes again while it is given up: one of them wins, and no event counts twice or is lost. */
    @Test
    void aResendAndASkipAtTheSameMomentAreOneOrTheOther() {
        int resent = 0;
        int skipped = 0;
        for (int round = 0; round < 30; round++) {
            disk = new SimulatedDisk(round);
            SegmentReceiver receiver = follow();
            gap(receiver);
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            Thread operator = new Thread(() ->
                    receiver.skip(A, 150, LOST).subscribe(skip -> end.complete(true), failure -> end.complete(false)));
            if (round % 2 == 0) {
                operator.start();
            }
            for (long first = 101; first <= 150; first += 10) {
                send(Leader.segment(A, first, 10));
            }
            if (round % 2 != 0) {
                operator.start();
            }
            boolean hole = end.join();
            awaitDurable(receiver, A, 200);
            List<Skip> skips = status(receiver, A).skips();
            assertThat(skips).hasSize(hole ? 1 : 0);
            long from = hole ? skips.get(0).from() : 151;
            assertThat(readings(ledger)).isEqualTo(readings(model(1, from - 1, 151, 200)));
            stopAll();
            resent += hole ? 0 : 1;
            skipped += hole ? 1 : 0;
        }
        System.out.println("operator's skip: won " + skipped + " times, the resend " + resent + " times");
    }

    @Test
    void followersOfThisOnePassOverTheHoleToo(@TempDir Path root) {
        InMemorySignalLedger last = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        Path data = root.resolve("first");
        ledger = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver first = started(SegmentReceiver.create(
                new ScriptedTransport(source.asFlux()),
                ledger,
                Schemas.FOUR_TYPES,
                DirectoryStorage.builder(data).build(),
                options().build()));
        await().until(() -> first.status().phase() == Phase.RUNNING);
        gap(first);
        DataPublication publication = DataPublication.live(
                StoredData.in(data),
                log -> first.durable(log).orElse(0),
                first.durableAdvances(),
                log -> Optional.empty());
        TcpPublisher.Running server = TcpPublisher.builder(publication)
                .host("127.0.0.1")
                .port(0)
                .build()
                .start()
                .block(SOON);
        try {
            SegmentReceiver second = started(SegmentReceiver.create(
                    TcpTransport.builder()
                            .host("127.0.0.1")
                            .port(server.address().getPort())
                            .build(),
                    last,
                    Schemas.FOUR_TYPES,
                    DirectoryStorage.builder(root.resolve("second")).build(),
                    options().build()));
            awaitDurable(second, A, 100);

            Skip skip = first.skip(A, 150, LOST).block(SOON);
            awaitDurable(first, A, 200);
            awaitDurable(second, A, 200);

            assertThat(status(second, A).skips())
                    .extracting(Skip::from, Skip::through, Skip::reason)
                    .containsExactly(tuple(skip.from(), skip.through(), skip.reason()));
            assertThat(readings(last)).isEqualTo(readings(model(1, 100, 151, 200)));
        } finally {
            stopAll();
            server.stop(false).block(SOON);
            publication.close();
        }
    }

    @Test
    void whatIsKeptAsideIsDroppedByTheRunningStore() {
        SegmentReceiver receiver = follow();
        send(Leader.corrupt(Leader.segment(A, 1, 100)));
        await().until(() ->
                receiver.status().log(A).filter(log -> log.keptAside() == 1).isPresent());
        String name = kept().get(0).name();

        assertThat(receiver.dropKeptAside(A, name).block(SOON))
                .extracting(KeptSegment::name)
                .isEqualTo(name);

        assertThat(kept()).isEmpty();
        assertThat(status(receiver, A).keptAside()).isZero();
        assertThat(receiver.dropKeptAside(A, name).blockOptional(SOON)).isEmpty();
        send(Leader.corrupt(Leader.segment(A, 1, 100))); // it is kept as if it had never been there
        await().until(() -> status(receiver, A).keptAside() == 1);
        assertThat(kept()).singleElement().extracting(KeptSegment::count).isEqualTo(1L);
    }

    private List<KeptSegment> kept() {
        try {
            return Quarantine.list(disk, DataLayout.quarantine(folder(A))).kept();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Events 101..150 are missing, 151..200 are held. */
    private void gap(SegmentReceiver receiver) {
        send(Leader.segment(A, 1, 100));
        send(Leader.segment(A, 151, 50));
        awaitState(receiver, A, LogState.GAP);
        await().until(() ->
                status(receiver, A).heldSegments() == 1 && status(receiver, A).durable() == 100);
    }

    private SegmentReceiver follow() {
        source = Sinks.many().unicast().onBackpressureBuffer();
        SegmentReceiver receiver = start(new ScriptedTransport(source.asFlux()));
        await().until(() -> receiver.status().phase() != Phase.RECOVERING);
        return receiver;
    }

    private void send(WalSegmentPayload segment) {
        source.tryEmitNext(segment).orThrow();
    }

    /** Ranges of events, applied by themselves. */
    private static InMemorySignalLedger model(long... ranges) {
        InMemorySignalLedger model = InMemorySignalLedger.create(Schemas.FOUR_TYPES);
        LedgerPart part = model.open(A);
        for (int i = 0; i < ranges.length; i += 2) {
            for (long seq = ranges[i]; seq <= ranges[i + 1]; seq++) {
                part.applyWalEvent(Leader.entity(seq), Leader.type(seq), Leader.weight(seq), Leader.time(seq));
            }
        }
        return model;
    }
}
