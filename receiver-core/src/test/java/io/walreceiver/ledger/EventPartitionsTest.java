package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.EventBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventPartitionsTest {

    private record Pair(long entityId, int signalType) {}

    private final EventPartitions partitions = new EventPartitions();
    private int full;

    @Test
    void everyEventComesOutOnceBySlotAndThoseOfAPairInTheirOrder() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 3; round++) {
            Map<Pair, List<Event>> added = new HashMap<>();
            for (int batch = 0; batch < 40; batch++) {
                List<Event> events = new ArrayList<>();
                for (int i = 0, n = random.nextInt(1, 5_000); i < n; i++) {
                    boolean frequent = random.nextBoolean();
                    long entity = frequent ? 7 : random.nextLong(20_000);
                    int type = frequent ? 3 : random.nextInt(256);
                    Event event = new Event(entity, type, random.nextInt(100), random.nextLong());
                    events.add(event);
                    added.computeIfAbsent(pair(event), any -> new ArrayList<>()).add(event);
                }
                partitions.add(Event.batch(events));
            }

            List<Event> drained = drain();

            assertThat(drained.stream().map(EventPartitionsTest::partition).toList())
                    .isSorted();
            assertThat(full)
                    .as("more of a partition than is put in order at a time")
                    .isPositive();
            Map<Pair, List<Event>> found = new HashMap<>();
            drained.forEach(event ->
                    found.computeIfAbsent(pair(event), any -> new ArrayList<>()).add(event));
            assertThat(found).isEqualTo(added);
            assertThat(drain()).isEmpty();
        }
    }

    @Test
    void thereIsRoomForAsManyEventsAsItSaysHoweverTheyFall() {
        List<Event> ofEachPartition = new ArrayList<>();
        for (long entity = 0; ofEachPartition.size() < EventPartitions.COUNT; entity++) {
            Event event = new Event(entity, 0, 1, 0);
            if (partition(event) == ofEachPartition.size()) {
                ofEachPartition.add(event);
            }
        }
        List<Event> ofOne = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ofOne.add(new Event(5, 0, i, i));
        }
        partitions.add(Event.batch(ofEachPartition));
        int count = EventPartitions.COUNT;
        for (; partitions.hasRoomFor(ofOne.size()); count += ofOne.size()) {
            partitions.add(Event.batch(ofOne));
        }
        int left = EventPartitions.ROOM - count;
        assertThat(partitions.hasRoomFor(left)).isTrue();
        assertThat(partitions.hasRoomFor(left + 1)).isFalse();
        partitions.add(Event.batch(ofOne.subList(0, left)));

        assertThat(drain()).hasSize(EventPartitions.ROOM);
        assertThat(partitions.hasRoomFor(EventPartitions.ROOM)).isTrue();
    }

    @Test
    void itPaysWhereEventsAreManyAndPairsNeitherFewNorTooMany() {
        int many = EventPartitions.MIN_EVENTS;
        assertThat(EventPartitions.pay(many, 0)).isTrue();
        assertThat(EventPartitions.pay(many - 1, 0)).isFalse();
        assertThat(EventPartitions.pay(many, EventPartitions.MIN_PAIRS - 1)).isFalse();
        assertThat(EventPartitions.pay(many, EventPartitions.MIN_PAIRS)).isTrue();
        assertThat(EventPartitions.pay(many, 8 * many)).isTrue();
        assertThat(EventPartitions.pay(many, 8 * many + 8)).isFalse();
    }

    private List<Event> drain() {
        List<Event> events = new ArrayList<>();
        for (int partition = 0; partition < EventPartitions.COUNT; partition++) {
            partitions.forEach(partition, batch -> {
                List<Event> together = IntStream.range(0, batch.count())
                        .mapToObj(i -> event(batch, i))
                        .toList();
                assertThat(together.stream().map(EventPartitionsTest::slot).toList())
                        .isSorted();
                full += batch.count() == SlotOrder.ROOM ? 1 : 0;
                events.addAll(together);
            });
        }
        partitions.clear();
        return events;
    }

    private static Event event(EventBatch batch, int i) {
        return new Event(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
    }

    private static Pair pair(Event event) {
        return new Pair(event.entityId(), event.signalType());
    }

    private static int partition(Event event) {
        return EventPartitions.of(hash(event));
    }

    /** Within its run. */
    private static int slot(Event event) {
        return hash(event) & (1 << EventPartitions.RUN_BITS) - 1;
    }

    private static int hash(Event event) {
        return PairIndex.hash(event.entityId(), event.signalType());
    }
}
