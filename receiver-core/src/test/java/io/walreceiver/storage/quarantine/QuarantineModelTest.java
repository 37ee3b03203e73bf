package io.walreceiver.storage.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A quarantine, opened again at random, against a plain list that follows the rules word by word.
 *
 * <p>Repeat a run with {@code -Dquarantine.seed=N}.
 */
class QuarantineModelTest {

    private static final long SEED = Long.getLong("quarantine.seed", System.nanoTime());
    private static final int STEPS = 400;
    private static final int MAX_ENTRIES = 6;
    private static final long MAX_BYTES = 40 * EventBatch.EVENT_BYTES;

    private record Entry(WalSegmentPayload segment, Instant lastSeen, long count, boolean bytesKept) {

        long keptBytes() {
            return bytesKept ? segment.bytes().length : 0;
        }

        boolean isCopyOf(long event) {
            return bytesKept && holds(segment, event);
        }
    }

    private static boolean holds(WalSegmentPayload segment, long event) {
        long first = segment.id().seqno();
        return first <= event && event <= first + segment.believableEventCount() - 1;
    }

    private final List<Entry> model = new ArrayList<>();
    private final Map<WalSegmentPayload, Long> received = new HashMap<>(); // since it was last dropped

    @TempDir
    Path temp;

    @RepeatedTest(10)
    void doesWhatTheRulesSay(RepetitionInfo repetition) throws IOException {
        int round = repetition.getCurrentRepetition();
        if (round == 1) {
            System.out.println("quarantine: repeat with -Dquarantine.seed=" + SEED);
        }
        Random random = new Random(SEED + round);
        List<WalSegmentPayload> segments = segments(random);
        PlainDisk disk = new PlainDisk(temp.resolve("q"));
        Quarantine quarantine = open(disk);
        long waitingFor = 1;
        Instant now = Instant.EPOCH;
        for (int step = 0; step < STEPS; step++) {
            now = now.plusNanos(1 + random.nextInt(1_000_000));
            if (random.nextInt(10) == 0) {
                waitingFor = 1 + random.nextInt(60);
            }
            if (random.nextInt(8) == 0) {
                quarantine = open(disk);
            }
            String where = "seed " + SEED + ", round " + round + ", step " + step;
            switch (random.nextInt(20)) {
                case 0 -> {
                    List<KeptSegment> kept = quarantine.list();
                    if (!kept.isEmpty()) {
                        KeptSegment one = kept.get(random.nextInt(kept.size()));
                        quarantine.drop(one);
                        forget(find(one));
                    }
                }
                case 1 ->
                    assertThat(quarantine.dropAllBut(waitingFor)).as(where).isEqualTo(modelDropsAllBut(waitingFor));
                default -> {
                    WalSegmentPayload segment = segments.get(random.nextInt(segments.size()));
                    boolean hadCopy = hasCopy(waitingFor);
                    KeptSegment kept = quarantine.keep(segment, "step " + step, now, waitingFor);
                    modelKeeps(segment, now, waitingFor);

                    assertThat(kept.count()).as(where).isEqualTo(received.get(segment));
                    assertThat(kept.cause()).as(where).isEqualTo("step " + step);
                    bounded(quarantine, where);
                    long wanted = waitingFor;
                    assertThat(quarantine.list().stream().anyMatch(one -> one.isCopyOf(wanted)))
                            .as(where)
                            .isEqualTo(hadCopy || (segment.bytes().length > 0 && holds(segment, waitingFor)));
                }
            }
            same(quarantine, where);
        }
    }

    private Quarantine open(PlainDisk disk) {
        return new Quarantine(disk, temp.resolve("q"), MAX_BYTES, MAX_ENTRIES);
    }

    private static List<WalSegmentPayload> segments(Random random) {
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            int events = random.nextInt(5) == 0 ? random.nextInt(60) : random.nextInt(15);
            byte[] bytes = new byte[events * EventBatch.EVENT_BYTES];
            random.nextBytes(bytes);
            long claim = random.nextInt(5) == 0 ? random.nextLong() : events;
            segments.add(
                    new WalSegmentPayload(new WalSegmentId(1, 3, 1 + 100 * i / 40 + random.nextInt(3)), bytes, claim));
        }
        segments.removeIf(one -> one.bytes().length == 0
                && segments.stream()
                        .anyMatch(other -> other != one
                                && other.bytes().length == 0
                                && other.id().equals(one.id())));
        return segments;
    }

    private boolean hasCopy(long event) {
        return model.stream().anyMatch(entry -> entry.isCopyOf(event));
    }

    private long modelSize() {
        return model.stream().mapToLong(Entry::keptBytes).sum();
    }

    private void forget(Entry entry) {
        model.remove(entry);
        received.remove(entry.segment);
    }

    private Entry find(KeptSegment kept) {
        return model.stream()
                .filter(entry -> entry.segment.id().equals(kept.segment())
                        && QuarantineFolder.blake3(entry.segment.bytes()).equals(kept.blake3()))
                .findFirst()
                .orElseThrow();
    }

    private void modelKeeps(WalSegmentPayload segment, Instant now, long waitingFor) {
        Entry before = model.stream()
                .filter(entry -> entry.segment == segment)
                .findFirst()
                .orElse(new Entry(segment, now, 0, false));
        boolean onlyCopy = segment.bytes().length > 0 && holds(segment, waitingFor) && !hasCopy(waitingFor);
        model.remove(before);
        received.merge(segment, 1L, Long::sum);
        if (before.bytesKept) {
            model.add(new Entry(segment, now, before.count + 1, true));
            return;
        }
        long immovable =
                youngestCopy(waitingFor) == null ? 0 : youngestCopy(waitingFor).keptBytes();
        boolean bytes = segment.bytes().length > 0 && (onlyCopy || immovable + segment.bytes().length <= MAX_BYTES);
        while (model.size() >= MAX_ENTRIES) {
            forget(oldest(waitingFor, false));
        }
        while (bytes && modelSize() + segment.bytes().length > MAX_BYTES && oldest(waitingFor, true) != null) {
            forget(oldest(waitingFor, true));
        }
        while (!bytes && modelSize() > MAX_BYTES && oldest(waitingFor, true) != null) {
            forget(oldest(waitingFor, true));
        }
        model.add(new Entry(segment, now, before.count + 1, bytes));
    }

    private Entry oldest(long waitingFor, boolean withBytes) {
        return model.stream()
                .filter(entry -> entry != youngestCopy(waitingFor) && (entry.bytesKept || !withBytes))
                .min(Comparator.comparing(Entry::lastSeen))
                .orElse(null);
    }

    private Entry youngestCopy(long waitingFor) {
        return model.stream()
                .filter(entry -> entry.isCopyOf(waitingFor))
                .max(Comparator.comparing(Entry::lastSeen))
                .orElse(null);
    }

    private long modelDropsAllBut(long waitingFor) {
        long before = modelSize();
        Entry stays = youngestCopy(waitingFor);
        List.copyOf(model).stream().filter(entry -> entry != stays).forEach(this::forget);
        return before - modelSize();
    }

    private static void bounded(Quarantine quarantine, String where) throws IOException {
        List<KeptSegment> withBytes =
                quarantine.list().stream().filter(KeptSegment::bytesKept).toList();
        assertThat(quarantine.list()).as(where).hasSizeLessThanOrEqualTo(MAX_ENTRIES);
        if (quarantine.sizeBytes() > MAX_BYTES) {
            assertThat(withBytes).as(where).hasSize(1).allMatch(only -> only.sizeBytes() > MAX_BYTES);
        }
    }

    private void same(Quarantine quarantine, String where) throws IOException {
        List<KeptSegment> kept = quarantine.list();
        model.sort(Comparator.comparing(Entry::lastSeen));
        assertThat(kept).as(where).hasSameSizeAs(model);
        for (int i = 0; i < model.size(); i++) {
            Entry entry = model.get(i);
            KeptSegment one = kept.get(i);
            assertThat(one.segment()).as(where).isEqualTo(entry.segment.id());
            assertThat(one.count()).as(where).isEqualTo(entry.count);
            assertThat(one.lastSeen()).as(where).isEqualTo(entry.lastSeen);
            assertThat(one.bytesKept()).as(where).isEqualTo(entry.bytesKept);
            assertThat(quarantine.read(one).map(WalSegmentPayload::bytes).orElse(new byte[0]))
                    .as(where)
                    .isEqualTo(entry.bytesKept ? entry.segment.bytes() : new byte[0]);
        }
        assertThat(quarantine.sizeBytes()).as(where).isEqualTo(modelSize());
    }
}
