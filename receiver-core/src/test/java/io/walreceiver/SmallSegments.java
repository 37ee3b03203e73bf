package io.walreceiver;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The logs of a folder in many small segments, which make a receiver write, sync and roll files often. */
final class SmallSegments {

    private SmallSegments() {}

    /** All segments of a folder, in the order of their ids. */
    static List<WalSegmentPayload> read(Path folder) throws IOException {
        List<WalSegmentPayload> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                WalSegmentId id =
                        WalSegmentId.ofFileName(file.getFileName().toString()).orElseThrow();
                byte[] bytes = Files.readAllBytes(file);
                segments.add(new WalSegmentPayload(id, bytes, SegmentDecoder.countEvents(bytes)));
            }
        }
        return segments;
    }

    /** The same events in segments of 1 up to {@code most} events. */
    static List<WalSegmentPayload> cut(List<WalSegmentPayload> segments, int most, Random random) {
        List<WalSegmentPayload> small = new ArrayList<>();
        for (WalSegmentPayload segment : segments) {
            SegmentView view = SegmentDecoder.decode(segment);
            for (int b = 0; b < view.batchCount(); b++) {
                EventBatch batch = view.batch(b);
                for (int from = 0; from < batch.count(); ) {
                    int to = Math.min(batch.count(), from + 1 + random.nextInt(most));
                    small.add(cut(segment.log(), batch, from, to));
                    from = to;
                }
            }
        }
        return small;
    }

    private static WalSegmentPayload cut(LogId log, EventBatch batch, int from, int to) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.bouncyCastle());
        encoder.beginBatch(batch.firstSeq() + from, batch.batchTimestampNanos());
        for (int i = from; i < to; i++) {
            encoder.event(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
        }
        encoder.endBatch();
        return encoder.finish();
    }

    static long lastSeq(WalSegmentPayload segment) {
        return segment.id().seqno() + segment.eventCount() - 1;
    }
}
