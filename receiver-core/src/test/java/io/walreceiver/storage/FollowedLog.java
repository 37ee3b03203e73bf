package io.walreceiver.storage;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.time.Instant;

/** A log of a {@link Follower}: store and part, used as a receiver uses them. */
final class FollowedLog implements LogStore.Listener, RecoveryTarget {

    private final Follower follower;
    private final SentLog sent;
    private final LogStore store;
    private SnapshottingPart part;
    private CheckpointInProgress checkpoint;
    private PartImage image;
    private boolean finishing;
    private Recovered recovered;
    private boolean open;

    FollowedLog(Follower follower, SentLog sent, LogStore store) {
        this.follower = follower;
        this.sent = sent;
        this.store = store;
        store.listener(this);
    }

    SentLog sent() {
        return sent;
    }

    long position() {
        return store.written();
    }

    long durable() {
        return store.durable();
    }

    Recovered recovered() {
        return recovered;
    }

    boolean settled() {
        return store.durable() == store.written() && !finishing;
    }

    boolean complete() {
        return position() >= sent.last;
    }

    /** Whether it waits for an operator. */
    boolean atHole() {
        return position() == sent.holeFrom - 1 && sent.hasHole();
    }

    boolean open() {
        return open && !store.failed();
    }

    void recover() throws IOException {
        open = false;
        giveUpCheckpoint();
        part = (SnapshottingPart) follower.ledger.open(sent.id);
        recovered = store.recover(this);
        follower.promises.recovered(sent.id, recovered);
        follower.promises.recoveredEpoch(
                sent.id, store.epoch().map(Epoch::number).orElse(0L));
        checkLastBatch();
        open = true;
    }

    /** Takes the next segment from the leader, if it has one. */
    void append() throws IOException {
        if (complete() || atHole()) {
            return;
        }
        long from = position() + 1;
        SegmentView segment = sent.next(position(), follower.random);
        follower.promises.writing(sent.id, segment.lastSeq());
        store.append(segment, from);
        replay(segment, from);
    }

    @Override
    public void replay(SegmentView segment, long from) {
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            if (batch.lastSeq() >= from) {
                apply(batch.from(from));
            }
        }
    }

    private void apply(EventBatch batch) {
        if (follower.knowsNewSchema()) {
            part.apply(batch, batch.lastSeq());
            return;
        }
        LedgerPart each = part;
        for (int i = 0; i < batch.count(); i++) {
            if (sent.valid(batch.firstSeq() + i, Long.MAX_VALUE)) {
                each.applyWalEvent(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
            }
        }
        each.applied(batch.lastSeq());
    }

    /** Gives up what the leader has lost, as a source does that has given it up itself. */
    void skip() throws IOException {
        follower.promises.writing(sent.id, sent.holeThrough);
        store.skip(new Skip(position() + 1, sent.holeThrough, Instant.EPOCH, "the source passed over them"));
    }

    /** Another leader takes over. */
    void adopt() throws IOException {
        Epoch next = new Epoch(1 + store.epoch().map(Epoch::number).orElse(0L), position());
        follower.promises.adoptingEpoch(sent.id, next.number());
        store.adopt(next);
        follower.promises.adoptedEpoch(sent.id, next.number());
    }

    /** The last batch on record is the last that is durable. */
    void checkLastBatch() throws IOException {
        boolean pruned = LogFile.list(follower.disk, DataLayout.log(Follower.DIRECTORY, sent.id), sent.id).stream()
                .allMatch(file -> file.sizeBytes() == 0);
        follower.promises.lastBatch(
                pruned,
                sent.lastEvent(durable()),
                store.lastDurableBatch(durable())
                        .map(batch -> batch.mark().lastSeq())
                        .orElse(0L));
    }

    void keepAside() {
        if (!complete() && !atHole()) {
            store.keepAside(sent.corrupt(position() + 1), "a bit is wrong", position() + 1);
        }
    }

    void sync() {
        store.sync().subscribe(nothing -> {}, failure -> {});
    }

    /** Begins a checkpoint or goes on with the one under way. */
    void checkpoint() throws IOException {
        if (position() == 0 || finishing) {
            return;
        }
        if (checkpoint == null) {
            checkpoint = store.beginCheckpoint();
            image = part.beginImage(checkpoint.image());
        } else if (image.writeSome()) {
            image.close();
            finishing = true;
            follower.later(this::finish);
        }
    }

    private void finish() {
        try {
            checkpoint.finish();
        } catch (IOException e) {
            // Those before it stand.
        } finally {
            checkpoint.close();
            checkpoint = null;
            finishing = false;
        }
    }

    void checkpointNow() throws IOException {
        if (position() > 0) {
            try (CheckpointInProgress now = store.beginCheckpoint();
                    PartImage whole = part.beginImage(now.image())) {
                while (!whole.writeSome()) {}
                now.finish();
            }
        }
    }

    /** As a part is closed: what is being finished is whole. */
    void giveUpCheckpoint() {
        if (checkpoint != null && !finishing) {
            image.close();
            checkpoint.close();
            checkpoint = null;
        }
    }

    void close() {
        giveUpCheckpoint();
        store.close();
    }

    @Override
    public void durable(long through) {
        follower.promises.durable(sent.id, through);
    }

    @Override
    public void failed(Throwable cause) {}

    @Override
    public boolean takesImages() {
        return true;
    }

    @Override
    public void restore(ImageReader image) throws IOException {
        part.restore(image);
    }

    @Override
    public void done(long bytes) {}

    @Override
    public void expect(long bytes) {}
}
