package io.walreceiver.publication;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.sender.Outgoing;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Some batches of a log that are sent as one segment. Their bytes are read again where it is sent again. */
final class StoredPiece extends Outgoing {

    static final Comparator<StoredPiece> ORDER = Comparator.comparingLong(StoredPiece::firstSeq);

    private final long firstSeq;
    private final long lastSeq;
    private final int sizeBytes;
    private @Nullable WalSegmentPayload read;

    StoredPiece(SegmentView segment) {
        this.firstSeq = segment.firstSeq();
        this.lastSeq = segment.lastSeq();
        this.sizeBytes = segment.sizeBytes();
        this.read = payload(segment);
    }

    static WalSegmentPayload payload(SegmentView segment) {
        return new WalSegmentPayload(segment.id(), segment.bytes(), segment.eventCount());
    }

    @Override
    public long firstSeq() {
        return firstSeq;
    }

    @Override
    public long lastSeq() {
        return lastSeq;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    /** What was read of it just now, which is the caller's then; null if it must be read. */
    @Nullable
    WalSegmentPayload takeBytes() {
        WalSegmentPayload taken = read;
        read = null;
        return taken;
    }
}
