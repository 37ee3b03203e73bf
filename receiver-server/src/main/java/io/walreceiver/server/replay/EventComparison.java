package io.walreceiver.server.replay;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Compares the events that two logs both hold, byte by byte, with the times of their batches. Where batches are cut does not matter:
 * receivers cut them where segments overlapped.
 *
 * @param compared how many events both hold and are equal
 * @param difference the first event that is not; empty if all are
 */
record EventComparison(long compared, Optional<String> difference) {

    /** Of each log in memory at a time. A file is read from its start on for each, so not much less than a file. */
    private static final long WINDOW_BYTES = 32 << 20;

    /**
     * Compares.
     *
     * @param skips the holes that both have
     */
    static EventComparison of(StoredLog a, StoredLog b, Skips skips) throws IOException {
        long position = Math.max(firstHeld(a), firstHeld(b)) - 1;
        long compared = 0;
        while (true) {
            List<EventBatch> inA = batches(a, position);
            List<EventBatch> inB = batches(b, position);
            if (inA.isEmpty() || inB.isEmpty()) {
                long behindHole = skips.skippedThrough(position);
                if (behindHole == position) {
                    return new EventComparison(compared, Optional.empty());
                }
                position = behindHole;
                continue;
            }
            Step step = compare(inA, inB);
            compared += step.events();
            if (step.difference().isPresent()) {
                return new EventComparison(compared, step.difference());
            }
            position += step.events();
        }
    }

    private static long firstHeld(StoredLog log) throws IOException {
        return log.files().stream()
                .filter(file -> file.sizeBytes() > 0)
                .mapToLong(LogFile::firstSeq)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** From the event after a position on; empty if that is not held. */
    private static List<EventBatch> batches(StoredLog log, long position) throws IOException {
        List<EventBatch> batches = new ArrayList<>();
        if (position == Long.MAX_VALUE - 1) {
            return batches; // one of them holds nothing
        }
        long next = position + 1;
        for (SegmentView piece : log.events(position, WINDOW_BYTES)) {
            for (int i = 0; i < piece.batchCount(); i++) {
                EventBatch batch = piece.batch(i);
                if (batch.lastSeq() >= next) {
                    batches.add(batch.from(next));
                    next = batch.lastSeq() + 1;
                }
            }
        }
        return batches;
    }

    private record Step(long events, Optional<String> difference) {}

    /** Through the end of the list that ends first. */
    private static Step compare(List<EventBatch> inA, List<EventBatch> inB) {
        long events = 0;
        for (int i = 0, j = 0; i < inA.size() && j < inB.size(); ) {
            long next = inA.get(0).firstSeq() + events;
            EventBatch a = inA.get(i).from(next);
            EventBatch b = inB.get(j).from(next);
            int both = Math.min(a.count(), b.count());
            Optional<String> difference = difference(a, b, both);
            if (difference.isPresent()) {
                return new Step(events, difference);
            }
            events += both;
            i += a.count() == both ? 1 : 0;
            j += b.count() == both ? 1 : 0;
        }
        return new Step(events, Optional.empty());
    }

    private static Optional<String> difference(EventBatch a, EventBatch b, int count) {
        if (a.batchTimestampNanos() != b.batchTimestampNanos()) {
            return Optional.of(
                    "event " + a.firstSeq() + ": batch time " + Long.toUnsignedString(a.batchTimestampNanos())
                            + " ns against " + Long.toUnsignedString(b.batchTimestampNanos()) + " ns");
        }
        int bytes = count * EventBatch.EVENT_BYTES;
        int at = Arrays.mismatch(a.bytes(), a.offset(), a.offset() + bytes, b.bytes(), b.offset(), b.offset() + bytes);
        if (at < 0) {
            return Optional.empty();
        }
        int event = at / EventBatch.EVENT_BYTES;
        return Optional.of("event " + (a.firstSeq() + event) + ": " + text(a, event) + " against " + text(b, event));
    }

    private static String text(EventBatch batch, int i) {
        return "entity " + Long.toUnsignedString(batch.entityId(i)) + ", signal type " + batch.signalType(i)
                + ", weight " + batch.weight(i) + ", time " + Long.toUnsignedString(batch.timestampNanos(i)) + " ns";
    }
}
