package io.walreceiver.storage;

import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.records.Skip;
import java.util.List;
import reactor.core.publisher.Mono;

/** Keeps nothing of a log but its position. */
final class VolatileLogStore implements LogStore {

    private volatile long written;

    @Override
    public boolean isVolatile() {
        return true;
    }

    @Override
    public void listener(Listener listener) {}

    @Override
    public Recovered recover(RecoveryTarget target) {
        written = 0;
        return new Recovered(0, 0, List.of());
    }

    @Override
    public void append(SegmentView segment, long from) {
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
        return List.of();
    }

    @Override
    public int keptAside() {
        return 0;
    }

    @Override
    public void close() {}
}
