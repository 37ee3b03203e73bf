package io.walreceiver;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;

/** Writes segments as a leader would: event n of every log is the same function of n. */
final class Leader {

    static final int ENTITIES = 7;
    static final long START = 1_767_225_600_000_000_000L;
    private static final BatchHasher HASHER = BatchHasher.bouncyCastle();

    private Leader() {}

    static long entity(long seq) {
        return seq % ENTITIES;
    }

    static int type(long seq) {
        return (int) (seq % 4);
    }

    static float weight(long seq) {
        return (seq % 11) - 3;
    }

    static long time(long seq) {
        return START + seq * 1_000_003L - (seq % 13 == 0 ? 50_000_000L : 0);
    }

    /** A segment of one batch per up to 100 events. */
    static WalSegmentPayload segment(LogId log, long first, int events) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, HASHER);
        long last = first + events - 1;
        for (long from = first; from <= last; from += 100) {
            encoder.beginBatch(from, time(from) + 1_000_000_000L);
            for (long seq = from; seq <= Math.min(last, from + 99); seq++) {
                encoder.event(entity(seq), type(seq), weight(seq), time(seq));
            }
            encoder.endBatch();
        }
        return encoder.finish();
    }

    /** The same segment with one bit of its last event turned. */
    static WalSegmentPayload corrupt(WalSegmentPayload segment) {
        byte[] bytes = segment.bytes().clone();
        bytes[bytes.length - 1] ^= 1;
        return new WalSegmentPayload(segment.id(), bytes, segment.eventCount());
    }

    /** A segment of one event, made from a template: quick enough for millions. */
    static WalSegmentPayload tiny(LogId log, long seq) {
        return segment(log, seq, 1);
    }

    static WalSegmentId id(LogId log, long seq) {
        return new WalSegmentId(log, seq);
    }
}
