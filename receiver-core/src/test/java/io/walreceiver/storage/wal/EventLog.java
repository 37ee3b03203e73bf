package io.walreceiver.storage.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** A log whose event n is about entity n, and what reading it back gives. */
final class EventLog {

    static final LogId LOG = new LogId(1, 3);
    static final BatchHasher HASHER = BatchHasher.fastest();
    static final long TIME = 1_767_225_600_000_000_000L;

    private EventLog() {}

    /** Events {@code first..last} in batches of up to {@code perBatch}, version 1 and 2 by turns. */
    static SegmentView segment(long first, long last, int perBatch) {
        return segment(LOG, first, last, perBatch);
    }

    static SegmentView segment(LogId log, long first, long last, int perBatch) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, HASHER);
        for (long from = first; from <= last; from += perBatch) {
            encoder.beginBatch(1 + (int) (from / perBatch % 2), from, TIME + from);
            for (long seq = from; seq <= Math.min(last, from + perBatch - 1); seq++) {
                encoder.event(seq, (int) (seq % 4), seq, TIME + seq);
            }
            encoder.endBatch();
        }
        return verified(encoder.finish());
    }

    static SegmentView verified(WalSegmentPayload payload) {
        return ((Verified) new SegmentVerifier(HASHER).verify(payload)).segment();
    }

    static byte[] bytes(long first, long last, int perBatch) {
        return segment(first, last, perBatch).bytes();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static String sealed(long first) {
        return new WalSegmentId(LOG, first).fileName();
    }

    static String open(long first) {
        return sealed(first) + ".open";
    }

    static List<LogFile> files(PlainDisk disk) throws IOException {
        return LogFile.list(disk, PlainDisk.FOLDER, LOG);
    }

    static LogEnd read(PlainDisk disk, long position) throws IOException {
        return read(disk, position, at -> at);
    }

    static LogEnd read(PlainDisk disk, long position, LongUnaryOperator skippedThrough) throws IOException {
        return read(disk, files(disk), position, skippedThrough);
    }

    /** Reads on and checks that each event beyond the position is handed out once, in order, as it was written. */
    static LogEnd read(Disk disk, List<LogFile> files, long position, LongUnaryOperator skippedThrough)
            throws IOException {
        long[] at = {position};
        LogEnd end = new LogReader(disk, LOG, HASHER)
                .read(
                        files,
                        position,
                        skippedThrough,
                        segment -> at[0] = check(segment, at[0], skippedThrough),
                        bytes -> assertThat(bytes).isPositive());
        assertThat(at[0]).isLessThanOrEqualTo(end.position());
        if (at[0] < end.position()) {
            assertThat(over(at[0], skippedThrough)).isEqualTo(end.position());
        }
        return end;
    }

    private static long check(SegmentView segment, long position, LongUnaryOperator skippedThrough) {
        long at = segment.firstSeq() - 1 > position ? over(position, skippedThrough) : position;
        assertThat(segment.firstSeq()).isLessThanOrEqualTo(at + 1);
        assertThat(segment.lastSeq()).isGreaterThan(at);
        assertThat(segment.sizeBytes()).isLessThanOrEqualTo(4 << 20);
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            for (int i = 0; i < batch.count(); i++) {
                long seq = batch.firstSeq() + i;
                if (batch.entityId(i) != seq || batch.weight(i) != seq || batch.timestampNanos(i) != TIME + seq) {
                    throw new AssertionError("event " + seq + " is not what was written");
                }
            }
        }
        return segment.lastSeq();
    }

    private static long over(long position, LongUnaryOperator skippedThrough) {
        long next = skippedThrough.applyAsLong(position);
        return next > position ? over(next, skippedThrough) : position;
    }
}
