package io.walreceiver.server.demo;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demo's data in the order in which it happened: each batch as it was written, in a segment of its own. Immutable. */
public final class DemoStory {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final List<Page> pages;

    private DemoStory(List<Page> pages) {
        this.pages = List.copyOf(pages);
    }

    /**
     * What happened at one moment in one log.
     *
     * @param segment the batch
     * @param events how many
     * @param timeNanos when the leader wrote it, nanoseconds since the Unix epoch; no page is earlier than the one before
     */
    record Page(WalSegmentPayload segment, int events, long timeNanos) {

        long firstSeq() {
            return segment.id().seqno();
        }

        Instant time() {
            return Instant.ofEpochSecond(timeNanos / NANOS_PER_SECOND, timeNanos % NANOS_PER_SECOND);
        }
    }

    /** Reads it from the jar. */
    public static DemoStory read() throws IOException {
        List<Page> pages = new ArrayList<>();
        Map<LogId, Long> times = new HashMap<>();
        List<WalSegmentPayload> segments = new ArrayList<>(DemoData.segments());
        segments.sort(Comparator.comparing(WalSegmentPayload::id));
        for (WalSegmentPayload segment : segments) {
            SegmentView view = SegmentDecoder.decode(segment);
            for (int i = 0; i < view.batchCount(); i++) {
                EventBatch batch = view.batch(i);
                // A log's batches stay in their order even where a committer's clock was wrong.
                long time = times.merge(view.log(), batch.batchTimestampNanos(), Math::max);
                int from = view.batchOffset(i);
                int to = i + 1 < view.batchCount() ? view.batchOffset(i + 1) : view.sizeBytes();
                WalSegmentId id = new WalSegmentId(view.log(), batch.firstSeq());
                byte[] bytes = Arrays.copyOfRange(segment.bytes(), from, to);
                pages.add(new Page(new WalSegmentPayload(id, bytes, batch.count()), batch.count(), time));
            }
        }
        pages.sort(Comparator.comparingLong(Page::timeNanos)); // stable
        return new DemoStory(pages);
    }

    List<Page> pages() {
        return pages;
    }

    /** How many events there are. */
    public long events() {
        return pages.stream().mapToLong(Page::events).sum();
    }

    /** When the first of it was written. */
    public Instant begins() {
        return pages.get(0).time();
    }

    /** When the last of it was written. */
    public Instant ends() {
        return pages.get(pages.size() - 1).time();
    }

    /**
     * How long it takes.
     *
     * @param pace events a second
     */
    public Duration at(int pace) {
        return Duration.ofSeconds(events() / pace);
    }
}
