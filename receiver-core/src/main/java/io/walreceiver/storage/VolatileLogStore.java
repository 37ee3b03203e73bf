package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.StoredBatch;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Keeps nothing of a log but its position. */
final class VolatileLogStore implements LogStore {

    private final LogId log;

    /** The last two batches that were appended: the sender is told of the last one only after it was applied. */
    private record Batches(Optional<StoredBatch> last, Optional<StoredBatch> before) {

        static final Batches NONE = new Batches(Optional.empty(), Optional.empty());
    }

    private volatile long written;
    private volatile Batches batches = Batches.NONE;
    private volatile List<Skip> skips = List.of();
    private volatile Optional<Epoch> epoch = Optional.empty();

    VolatileLogStore(LogId log) {
        this.log = log;
    }

    @Override
    public boolean isVolatile() {
        return true;
    }

    @Override
    public void listener(Listener listener) {}

    @Override
    public Recovered recover(RecoveryTarget target) {
        written = 0;
        batches = Batches.NONE;
        return new Recovered(0, 0, List.of());
    }

    @Override
    public void append(SegmentView segment, long from) {
        batches = new Batches(Optional.of(StoredBatch.lastOf(segment)), batches.last);
        written = segment.lastSeq();
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public long durable() {
        return written;
    }

    @Override
    public boolean failed() {
        return false;
    }

    @Override
    public Mono<Void> sync() {
        return Mono.empty();
    }

    @Override
    public void keepAside(WalSegmentPayload segment, String cause, long waitingFor) {}

    @Override
    public boolean checkpointDue() {
        return false;
    }

    @Override
    public CheckpointInProgress beginCheckpoint() {
        throw new UnsupportedOperationException("nothing is kept: there is nothing to checkpoint");
    }

    @Override
    public List<Skip> skips() {
        return skips;
    }

    @Override
    public void skip(Skip skip) {
        skips = new Skips(skips).plus(skip).records();
        written = skip.through();
    }

    @Override
    public Optional<StoredBatch> lastDurableBatch(long through) {
        Batches now = batches;
        return now.last
                .filter(batch -> batch.mark().lastSeq() <= through)
                .or(() -> now.before.filter(batch -> batch.mark().lastSeq() <= through));
    }

    @Override
    public Optional<Epoch> epoch() {
        return epoch;
    }

    @Override
    public void adopt(Epoch adopted) {
        epoch = Optional.of(LogRecords.higher(log, epoch, adopted));
    }

    @Override
    public int keptAside() {
        return 0;
    }

    @Override
    public Optional<KeptSegment> dropKeptAside(String name) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
