package io.walreceiver.test;

import static io.walreceiver.test.LedgerCases.A;
import static io.walreceiver.test.LedgerCases.B;
import static io.walreceiver.test.LedgerCases.HOUR;
import static io.walreceiver.test.LedgerCases.MINUTE;
import static io.walreceiver.test.LedgerCases.PERMANENT;
import static io.walreceiver.test.LedgerCases.SCHEMA;
import static io.walreceiver.test.LedgerCases.START;
import static io.walreceiver.test.LedgerCases.event;
import static io.walreceiver.test.LedgerCases.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.schema.SignalSchema;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What the receiver relies on in a {@link SignalLedger}, and what every ledger must answer, as tests. Implement {@link #create} and
 * {@link #read} in a test class:
 *
 * <pre>{@code
 * class MyLedgerTest implements SignalLedgerContract<MyLedger> {
 *     public MyLedger create(SignalSchema schema) {
 *         return new MyLedger(schema, emptyDatabase());
 *     }
 *
 *     public SignalReading read(MyLedger ledger, long entityId, int signalType, long nowNanos) {
 *         return ledger.score(entityId, signalType, nowNanos);
 *     }
 * }
 * }</pre>
 *
 * <p>Scores are held against the closed form, the sum over events of {@code weight * exp(-lambda * (asOf - t))}, within 1e-9 of
 * its magnitude (the same sum of {@code |weight|}); counts must be exact.
 *
 * @param <L> the ledger under test
 */
public interface SignalLedgerContract<L extends SignalLedger> {

    /** A ledger that holds nothing. */
    L create(SignalSchema schema);

    /**
     * Reads one pair, over all logs, as of {@code nowNanos} or of the pair's newest event if that is later.
     *
     * @return all zero for a pair without events. Counts that this ledger does not keep may be anything; see {@link #keepsCounts}
     */
    SignalReading read(L ledger, long entityId, int signalType, long nowNanos);

    /** Whether it keeps counts. Default true. */
    default boolean keepsCounts() {
        return true;
    }

    /** How long a commit may take. Default 10 s. */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    /** Applies events to a part as a receiver does: batches, then a commit. */
    private void apply(LedgerPart part, LogId log, List<SignalEvent> events, long firstSeq, int eventsPerBatch) {
        LedgerCases.batches(log, events, firstSeq, eventsPerBatch).forEach(batch -> part.apply(batch, batch.lastSeq()));
        part.commit(firstSeq + events.size() - 1).block(patience());
    }

    private void apply(L ledger, LogId log, List<SignalEvent> events) {
        apply(ledger.open(log), log, events, 1, 100);
    }

    private void assertAnswers(L ledger, List<SignalEvent> events, long nowNanos) {
        for (LedgerCases.Pair pair : LedgerCases.pairs(events)) {
            SignalReading answer = read(ledger, pair.entityId(), pair.signalType(), nowNanos);
            LedgerCases.assertAnswer(answer, pair, events, nowNanos, keepsCounts());
        }
    }

    private void assertSameBits(L one, L other, List<SignalEvent> events, long nowNanos) {
        for (LedgerCases.Pair pair : LedgerCases.pairs(events)) {
            SignalReading a = read(one, pair.entityId(), pair.signalType(), nowNanos);
            SignalReading b = read(other, pair.entityId(), pair.signalType(), nowNanos);
            assertThat(Double.doubleToRawLongBits(b.score()))
                    .as("score of %s: %s and %s", pair, a.score(), b.score())
                    .isEqualTo(Double.doubleToRawLongBits(a.score()));
            if (keepsCounts()) {
                assertThat(b).isEqualTo(a);
            }
        }
    }

    /** Whatever {@code otherwise} does to a part, it must come to what the events do in batches of that size, in one segment. */
    private void assertSameBitsAsInBatches(
            int eventsPerBatch, List<SignalEvent> events, Consumer<LedgerPart> otherwise) {
        L batches = create(SCHEMA);
        apply(batches.open(A), A, events, 1, eventsPerBatch);
        L other = create(SCHEMA);
        otherwise.accept(other.open(A));
        assertSameBits(batches, other, events, LedgerCases.after(events));
    }

    /** Event by event and batch by batch come to the same, bit for bit. */
    @Test
    default void singleAndBulkFormsAgreeBitForBit() {
        List<SignalEvent> events = random(1, 2_000);
        assertSameBitsAsInBatches(70, events, part -> {
            for (int i = 0; i < events.size(); i++) {
                SignalEvent event = events.get(i);
                part.applyWalEvent(event.entityId(), event.signalType(), event.weight(), event.timestampNanos());
                if ((i + 1) % 70 == 0 || i + 1 == events.size()) {
                    part.applied(i + 1);
                }
            }
            part.commit(events.size()).block(patience());
        });
    }

    /** A segment comes to the same as its batches, also one of which some events were applied before. */
    @Test
    default void aSegmentIsAppliedAsItsBatchesAre() {
        List<SignalEvent> events = random(5, 1_000);
        assertSameBitsAsInBatches(70, events, part -> {
            apply(part, A, events.subList(0, 400), 1, 70);
            part.apply(LedgerCases.segment(A, events, 70), 401);
            part.commit(events.size()).block(patience());
        });
    }

    /** How events are cut into batches and segments does not show. */
    @Test
    default void cutsDoNotShow() {
        List<SignalEvent> events = random(2, 1_000);
        assertSameBitsAsInBatches(1_000, events, part -> {
            for (int from = 0; from < events.size(); from += 37) {
                apply(part, A, events.subList(from, Math.min(events.size(), from + 37)), from + 1, 5);
            }
        });
    }

    /** Scores and counts of random events, a quarter of them late and some of them negative, are those of the closed form. */
    @Test
    default void randomEventsMatchTheClosedForm() {
        for (long seed = 1; seed <= 5; seed++) {
            List<SignalEvent> events = random(seed, 1_000);
            L ledger = create(SCHEMA);
            apply(ledger, A, events);
            assertAnswers(ledger, events, LedgerCases.after(events));
            assertAnswers(ledger, events, LedgerCases.after(events) + 30 * HOUR);
            assertAnswers(ledger, events, LedgerCases.after(events) + 400 * 24 * HOUR);
        }
    }

    /** An event that comes late counts for when it happened, and leaves the score that timely ones would have. */
    @Test
    default void lateEventsCountForWhenTheyHappened() {
        List<SignalEvent> events = List.of(
                event(1, 0, 5, START + 10 * HOUR),
                event(1, 0, 3, START),
                event(1, 0, 2, START + 5 * HOUR),
                event(1, 0, 1, START + 10 * HOUR),
                event(1, 3, 1, START + 200 * HOUR),
                event(1, 3, 1, START));
        L ledger = create(SCHEMA);
        apply(ledger, A, events);
        assertAnswers(ledger, events, START + 10 * HOUR);
        assertAnswers(ledger, events, START + 11 * HOUR);
        assertAnswers(ledger, events, START + 300 * HOUR);
    }

    /** Weights may be negative or zero, and cancel. */
    @Test
    default void weightsMayCancel() {
        List<SignalEvent> events = List.of(
                event(1, 0, 1e6f, START),
                event(1, 0, -1e6f, START + 1),
                event(1, 1, -3, START),
                event(1, 1, 0, START + HOUR),
                event(2, 0, -0.5f, START));
        L ledger = create(SCHEMA);
        apply(ledger, A, events);
        assertAnswers(ledger, events, START + HOUR);
    }

    /** A permanent type does not decay. */
    @Test
    default void permanentMeansPermanent() {
        L ledger = create(SCHEMA);
        apply(ledger, A, List.of(event(1, PERMANENT, 2, START), event(1, PERMANENT, 3, START + HOUR)));
        assertThat(read(ledger, 1, PERMANENT, START + 10_000 * HOUR).score()).isEqualTo(5);
    }

    /** Windows end and begin with whole minutes and hours of event time. */
    @Test
    default void windowsHaveTheirEdges() {
        assumeTrue(keepsCounts());
        List<SignalEvent> events = new ArrayList<>();
        for (long edge : new long[] {0, 60 * MINUTE, 24 * HOUR, 168 * HOUR}) {
            for (long off : new long[] {-MINUTE - 1, -MINUTE, -1, 0, 1, MINUTE, HOUR}) {
                events.add(event(1, 0, 1, START + 200 * HOUR - edge + off));
            }
        }
        L ledger = create(SCHEMA);
        apply(ledger, A, events);
        for (long now : new long[] {0, 1, MINUTE - 1, MINUTE, 59 * MINUTE, HOUR, 25 * HOUR, 400 * HOUR}) {
            assertAnswers(ledger, events, START + 201 * HOUR + now);
        }
    }

    /** A read before a pair's newest event answers as of that event, and says so. */
    @Test
    default void readsLookForward() {
        List<SignalEvent> events = List.of(event(1, 0, 1, START), event(1, 0, 1, START + HOUR));
        L ledger = create(SCHEMA);
        apply(ledger, A, events);
        assertThat(read(ledger, 1, 0, START).asOfNanos()).isEqualTo(START + HOUR);
        assertAnswers(ledger, events, START);
    }

    /** Entity ids are unsigned 64-bit numbers; all of them are different, and so are types. */
    @Test
    default void pairsAreKeptApart() {
        long[] ids = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL, 1L << 32};
        List<SignalEvent> events = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            for (int type = 0; type < 4; type++) {
                events.add(event(ids[i], type, 1 + i * 10 + type, START));
            }
        }
        L ledger = create(SCHEMA);
        apply(ledger, A, events);
        assertAnswers(ledger, events, START);
    }

    /** A pair that nobody signalled has nothing. */
    @Test
    default void anUnknownPairReadsZero() {
        L ledger = create(SCHEMA);
        apply(ledger, A, List.of(event(1, 0, 1, START)));
        assertThat(read(ledger, 2, 0, START).score()).isZero();
        assertThat(read(ledger, 1, 1, START).score()).isZero();
        if (keepsCounts()) {
            assertThat(read(ledger, 2, 0, START).allTime()).isZero();
        }
    }

    /** A read adds up all logs, and it does not matter which was written first. */
    @Test
    default void logsAddUpInAnyOrder() {
        List<SignalEvent> a = random(7, 500);
        List<SignalEvent> b = random(8, 500);
        List<SignalEvent> both = new ArrayList<>(a);
        both.addAll(b);
        L forth = create(SCHEMA);
        apply(forth, A, a);
        apply(forth, B, b);
        L back = create(SCHEMA);
        apply(back, B, b);
        apply(back, A, a);
        assertSameBits(forth, back, both, LedgerCases.after(both));
        assertAnswers(forth, both, LedgerCases.after(both));
    }

    /** Logs are written side by side, each by its own thread. */
    @Test
    default void partsAreIndependent() {
        int logs = 8;
        L ledger = create(SCHEMA);
        List<SignalEvent> all = new ArrayList<>();
        List<List<SignalEvent>> perLog = new ArrayList<>();
        for (int i = 0; i < logs; i++) {
            perLog.add(random(100 + i, 500));
            all.addAll(perLog.get(i));
        }
        Flux.range(0, logs)
                .flatMap(i -> Mono.fromRunnable(() -> apply(ledger, new LogId(3, i), perLog.get(i)))
                        .subscribeOn(Schedulers.boundedElastic()))
                .then()
                .block(patience());
        assertAnswers(ledger, all, LedgerCases.after(all));
    }

    /** A part that is opened anew stands where it was durable: events beyond that are gone, other logs are untouched. */
    @Test
    default void reopeningStartsFromWhatIsDurable() {
        List<SignalEvent> events = random(9, 300);
        List<SignalEvent> others = random(10, 100);
        L ledger = create(SCHEMA);
        apply(ledger, B, others);
        LedgerPart part = ledger.open(A);
        apply(part, A, events.subList(0, 200), 1, 50);
        LedgerCases.batches(A, events.subList(200, 300), 201, 50)
                .forEach(batch -> part.apply(batch, batch.lastSeq())); // never committed
        part.close();
        LedgerPart again = ledger.open(A);
        int durable = again instanceof SelfDurablePart self ? Math.toIntExact(self.durableThrough()) : 0;
        assertThat(durable).isIn(again instanceof SelfDurablePart ? List.of(200, 250, 300) : List.of(0));
        List<SignalEvent> held = new ArrayList<>(events.subList(0, durable));
        held.addAll(others);
        assertAnswers(ledger, held, LedgerCases.after(held));
        apply(again, A, events.subList(durable, 300), durable + 1, 50);
        List<SignalEvent> all = new ArrayList<>(events);
        all.addAll(others);
        assertAnswers(ledger, all, LedgerCases.after(all));
    }

    /** A self-durable part is durable through what was committed, and its ledger names its log. */
    @Test
    default void whatWasCommittedIsDurable() {
        L ledger = create(SCHEMA);
        LedgerPart part = ledger.open(A);
        assumeTrue(part instanceof SelfDurablePart);
        SelfDurablePart self = (SelfDurablePart) part;
        assertThat(self.durableThrough()).isZero();
        apply(self, A, random(11, 120), 1, 50);
        assertThat(self.durableThrough()).isEqualTo(120);
        assertThat(ledger.logs()).containsExactly(A);
    }

    /** A part without events; the test is skipped if it cannot be written to a checkpoint. */
    private SnapshottingPart snapshotting(L ledger) {
        LedgerPart part = ledger.open(A);
        assumeTrue(part instanceof SnapshottingPart);
        return (SnapshottingPart) part;
    }

    private L restored(RecordedImage image) throws IOException {
        L ledger = create(SCHEMA);
        snapshotting(ledger).restore(image.reader());
        return ledger;
    }

    /** An image is of the moment it began, whatever is applied before it is whole. */
    @Test
    default void anImageIsOfTheMomentItBegan() throws IOException {
        List<SignalEvent> events = random(12, 2_000);
        L going = create(SCHEMA);
        SnapshottingPart part = snapshotting(going);
        apply(part, A, events.subList(0, 1_000), 1, 100);
        RecordedImage image = new RecordedImage();
        try (PartImage begun = part.beginImage(image)) {
            for (int from = 1_000; from < 2_000; from += 50) {
                apply(part, A, events.subList(from, from + 50), from + 1, 50);
                if (from % 200 == 0) {
                    begun.writeSome();
                }
            }
            image.finish(begun);
        }
        L stopped = create(SCHEMA);
        apply(stopped, A, events.subList(0, 1_000));
        assertSameBits(stopped, restored(image), events, LedgerCases.after(events));
        assertAnswers(going, events, LedgerCases.after(events));
    }

    /** A part that took over an image goes on as if it had applied every event itself. */
    @Test
    default void whatFollowsAnImageEqualsOnePass() throws IOException {
        List<SignalEvent> events = random(13, 2_000);
        L onePass = create(SCHEMA);
        SnapshottingPart part = snapshotting(onePass);
        apply(part, A, events.subList(0, 900), 1, 100);
        RecordedImage image = RecordedImage.of(part);
        apply(part, A, events.subList(900, 2_000), 901, 100);
        L resumed = create(SCHEMA);
        SnapshottingPart second = snapshotting(resumed);
        second.restore(image.reader());
        apply(second, A, events.subList(900, 2_000), 901, 70);
        assertSameBits(onePass, resumed, events, LedgerCases.after(events));
        assertSameBits(onePass, restored(RecordedImage.of(second)), events, LedgerCases.after(events) + 30 * HOUR);
    }

    /** A part without events has an image, which leaves another part without events. */
    @Test
    default void anEmptyPartHasAnImage() throws IOException {
        List<SignalEvent> events = random(14, 100);
        RecordedImage image = RecordedImage.of(snapshotting(create(SCHEMA)));
        L resumed = create(SCHEMA);
        SnapshottingPart part = snapshotting(resumed);
        part.restore(image.reader());
        apply(part, A, events, 1, 100);
        assertAnswers(resumed, events, LedgerCases.after(events));
    }

    /** Closed before it is whole, an image gets no more blocks, and the next one is not worse for it. */
    @Test
    default void anImageMayEndEarly() throws IOException {
        List<SignalEvent> events = random(15, 600);
        L ledger = create(SCHEMA);
        SnapshottingPart part = snapshotting(ledger);
        apply(part, A, events.subList(0, 300), 1, 100);
        RecordedImage early = new RecordedImage();
        PartImage begun = part.beginImage(early);
        apply(part, A, events.subList(300, 310), 301, 10);
        begun.close();
        begun.close();
        int written = early.blocks();
        apply(part, A, events.subList(310, 600), 311, 100);
        assertThat(early.blocks()).isEqualTo(written);
        assertSameBits(ledger, restored(RecordedImage.of(part)), events, LedgerCases.after(events));
    }

    /** Images of one part follow one another, each of its own moment. */
    @Test
    default void imagesFollowOneAnother() throws IOException {
        List<SignalEvent> events = random(16, 900);
        SnapshottingPart part = snapshotting(create(SCHEMA));
        for (int to = 300; to <= 900; to += 300) {
            apply(part, A, events.subList(to - 300, to), to - 299, 100);
            L stopped = create(SCHEMA);
            apply(stopped, A, events.subList(0, to));
            assertSameBits(stopped, restored(RecordedImage.of(part)), events, LedgerCases.after(events));
        }
    }
}
