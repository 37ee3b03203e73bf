package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import java.io.IOException;

/** Passes a recovery on to another target, and ends it at a position. */
final class PrefixTarget implements RecoveryTarget {

    /** Everything through the position was passed on. */
    static final class Reached extends RuntimeException {

        private static final long serialVersionUID = 1;

        Reached() {
            super(null, null, false, false);
        }
    }

    private static final int VERSION = 2;

    private final RecoveryTarget target;
    private final long through;

    /**
     * @param through the last event to be passed on, 1 or more
     */
    PrefixTarget(RecoveryTarget target, long through) {
        this.target = target;
        this.through = through;
    }

    @Override
    public boolean takesImages() {
        return target.takesImages();
    }

    @Override
    public void restore(ImageReader image) throws IOException {
        target.restore(image);
    }

    /** @throws Reached if nothing more is wanted */
    @Override
    public void replay(SegmentView events, long from) {
        if (events.lastSeq() <= through) {
            target.replay(events, from);
        } else if (from <= through) {
            target.replay(prefix(events), from);
        }
        if (events.lastSeq() >= through) {
            throw new Reached();
        }
    }

    /** Through the position, which may lie within a batch: two receivers of one log may have cut it in different places. */
    private SegmentView prefix(SegmentView events) {
        SegmentEncoder encoder = new SegmentEncoder(events.log(), VERSION, BatchHasher.fastest());
        for (int b = 0; b < events.batchCount(); b++) {
            EventBatch batch = events.batch(b);
            if (batch.firstSeq() > through) {
                break;
            }
            encoder.beginBatch(batch.firstSeq(), batch.batchTimestampNanos());
            for (int i = 0; i < Math.min(batch.count(), through - batch.firstSeq() + 1); i++) {
                encoder.event(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
            }
            encoder.endBatch();
        }
        return SegmentDecoder.decode(encoder.finish());
    }

    @Override
    public void done(long bytes) {
        target.done(bytes);
    }

    @Override
    public void expect(long bytes) {
        target.expect(bytes);
    }
}
