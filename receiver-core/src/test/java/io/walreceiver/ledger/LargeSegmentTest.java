package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Segments so large that their events are parted first: the answers are those of one event after the other. */
class LargeSegmentTest {

    private static final LogId LOG = new LogId(3, 4);
    private static final long SECOND = 1_000_000_000L;
    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.exponential(0, "view", Duration.ofHours(1)), SignalType.permanent(1, "like"));

    private final SplittableRandom random = new SplittableRandom(11);
    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final Part part = (Part) ledger.open(LOG);
    private final InMemorySignalLedger oneByOne = InMemorySignalLedger.create(SCHEMA);
    private final LedgerPart plainPart = oneByOne.open(LOG);

    private final Set<Long> met = new HashSet<>();
    private final List<Long> firstSight = new ArrayList<>();
    private long applied;
    private long clock = SECOND;

    @Test
    void answersAreThoseOfOneEventAfterTheOther() {
        apply(EventPartitions.MIN_EVENTS, 0);
        assertThat(part.entries().size()).isGreaterThan(EventPartitions.MIN_PAIRS);
        apply(EventPartitions.MIN_EVENTS + 1_000, 1_000); // applied before, to be left out
        apply(EventPartitions.ROOM + 100_000, 0);
        apply(1_000, 0);

        List<Long> entities = entities();
        assertThat(entities.equals(firstSight)).as("numbered in their order").isFalse();
        assertThat(new HashSet<>(entities).equals(met)).as("the same entities").isTrue();
        for (long now : new long[] {clock, clock + 3_600 * SECOND, clock + 10 * 86_400 * SECOND}) {
            assertThat(all(ledger, now).equals(all(oneByOne, now)))
                    .as("the same answers at %d", now)
                    .isTrue();
        }
    }

    @Test
    void anImageIsOfTheMomentItBegan() throws IOException {
        apply(EventPartitions.MIN_EVENTS, 0);
        Image atRest = Image.of(part);
        Image image = new Image();
        try (PartImage begun = part.beginImage(image)) {
            apply(EventPartitions.MIN_EVENTS, 0);
            while (!begun.writeSome()) {}
        }

        assertThat(image.sorted().bytes()).isDeepEqualTo(atRest.bytes());
        assertThat(Arrays.deepEquals(Image.of(part).bytes(), atRest.bytes()))
                .as("nothing changed")
                .isFalse();
    }

    @Test
    void fewerEventsAreAppliedInTheirOrder() {
        apply(EventPartitions.MIN_EVENTS - 1, 0);

        assertThat(entities().equals(firstSight)).as("numbered in their order").isTrue();
    }

    /** Else one run of slots after the other would be filled to the brim, and the first segment of a log take ten times as long. */
    @Test
    void theIndexHasRoomForAllPairsOnceTheFirstPartitionHasShownHowManyThereAre() {
        int pairs = EventPartitions.MIN_EVENTS;
        List<Boolean> roomForAll = new ArrayList<>();
        AtomicReference<Part> watched = new AtomicReference<>();
        InMemorySignalLedger watchedLedger = InMemorySignalLedger.create(SCHEMA, entity -> {
            if (watched.get().entries().size() >= pairs / 16) {
                roomForAll.add(watched.get().index().hasRoomFor(pairs));
            }
            return LOG;
        });
        watched.set((Part) watchedLedger.open(LOG));

        watched.get()
                .apply(
                        Event.segment(
                                LOG,
                                1,
                                173,
                                LongStream.range(0, pairs)
                                        .mapToObj(entity -> new Event(entity, 0, 1, SECOND))
                                        .toList()),
                        1);

        assertThat(watched.get().entries().size()).isEqualTo(pairs);
        assertThat(roomForAll).hasSize(pairs - pairs / 16).doesNotContain(false);
    }

    @Test
    void anEventThatIsRefusedLeavesThoseBeforeItAndAPairThatCanBeRead() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            events.add(new Event(7, 0, 1 + i, SECOND + i * 60 * SECOND));
        }
        events.add(new Event(7, 0, 1, -1));
        events.add(new Event(7, 0, 1, 9_000 * SECOND));
        SegmentView segment = Event.segment(LOG, 1, 173, events);

        assertThatThrownBy(() -> part.applyInPartitions(segment, 1)).hasMessageContaining("not below 2^63");

        for (Event event : events.subList(0, 40)) {
            plainPart.applyWalEvent(event.entityId(), 0, event.weight(), event.nanos());
        }
        assertThat(all(ledger, 9_000 * SECOND)).isEqualTo(all(oneByOne, 9_000 * SECOND));
    }

    /** The first {@code again} events of the segment are the last that came before. */
    private void apply(int count, int again) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clock += random.nextLong(SECOND / 10);
            long nanos = random.nextInt(10) == 0 ? Math.max(0, clock - random.nextLong(7_200 * SECOND)) : clock;
            long entity = random.nextInt(3) == 0 ? random.nextLong(100) : random.nextLong(200_000);
            events.add(new Event(entity, 0, random.nextInt(1, 9), nanos));
        }
        SegmentView segment = Event.segment(LOG, applied - again + 1, 173, events);
        long from = applied + 1;
        part.apply(segment, from);
        for (int b = 0; b < segment.batchCount(); b++) {
            if (segment.batch(b).lastSeq() >= from) {
                applyOneByOne(segment.batch(b).from(from));
            }
        }
        applied = segment.lastSeq();
        assertThat(ledger.newestEventNanos()).isEqualTo(oneByOne.newestEventNanos());
    }

    private void applyOneByOne(EventBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            plainPart.applyWalEvent(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
            if (met.add(batch.entityId(i))) {
                firstSight.add(batch.entityId(i));
            }
        }
    }

    /** In the order of their numbers. */
    private List<Long> entities() {
        List<Long> entities = new ArrayList<>();
        part.entries().forEach(part.entries().size(), (chunk, at, id) -> entities.add(chunk[at + Entries.ENTITY]));
        return entities;
    }

    private static List<SignalReading> all(InMemorySignalLedger ledger, long now) {
        List<SignalReading> all = new ArrayList<>();
        ledger.forEach(now, all::add);
        return all;
    }
}
