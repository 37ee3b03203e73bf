package io.walreceiver.format;

import io.walreceiver.checksum.BatchHasher;

/** A segment taken apart into events and written again from them. */
public final class Reencoded {

    private Reencoded() {}

    public static WalSegmentPayload of(SegmentView segment, BatchHasher hasher) {
        SegmentEncoder encoder = new SegmentEncoder(segment.log(), 2, hasher);
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            int version = BatchHeader.version(segment.bytes(), segment.batchOffset(b));
            encoder.beginBatch(version, batch.firstSeq(), batch.batchTimestampNanos());
            for (int i = 0; i < batch.count(); i++) {
                encoder.event(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
            }
            encoder.endBatch();
        }
        return encoder.finish();
    }
}
