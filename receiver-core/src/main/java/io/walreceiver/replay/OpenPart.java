package io.walreceiver.replay;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.Recovered;
import io.walreceiver.storage.RecoveryTarget;
import io.walreceiver.storage.wal.StoredBatch;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * A log's part of the ledger while it is open, and the store that its events are written to before it sees them. A part that keeps
 * its own position needs no store.
 */
final class OpenPart {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPart.class);

    private final LogId log;
    private final LedgerPart part;
    private final LogStore store;
    private Recovered recovered = new Recovered(0, 0, List.of());

    private OpenPart(LogId log, LedgerPart part, LogStore store) {
        this.log = log;
        this.part = part;
        this.store = store;
    }

    /**
     * Opens the part and brings it to where it stands; one that cannot be brought there is closed again.
     *
     * @param cancelled whether to give up
     */
    static OpenPart open(
            SignalLedger ledger,
            LogId log,
            LogStore store,
            EventFilter stored,
            RecoveryProgress progress,
            BooleanSupplier cancelled)
            throws IOException {
        OpenPart opened = new OpenPart(log, ledger.open(log), store);
        try {
            opened.recovered = opened.part instanceof SelfDurablePart durable
                    ? new Recovered(durable.durableThrough(), 0, List.of())
                    : store.recover(opened.new Recovery(stored, progress, cancelled));
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** Where the part stood when it was opened. */
    Recovered recovered() {
        return recovered;
    }

    /** Where the part would stand if it were opened now, as far as it can tell. */
    long position() {
        if (part instanceof SelfDurablePart durable) {
            return durable.durableThrough();
        }
        return store.isVolatile() ? 0 : store.durable();
    }

    /** Whether {@link #durableThrough} moves as events are applied; if not, the store tells. */
    boolean isDurableOnceApplied() {
        return part instanceof SelfDurablePart || store.isVolatile();
    }

    /** Whether the store is not asked where the part stands. */
    boolean keepsItsOwnPosition() {
        return part instanceof SelfDurablePart;
    }

    /** When the leader wrote the last batch of what was recovered; 0 if that is not known. */
    long recoveredBatchNanos() {
        return store.lastDurableBatch(recovered.position())
                .map(StoredBatch::timestampNanos)
                .orElse(0L);
    }

    /** Through where the sender may forget, once {@code applied} has been applied and committed. */
    long durableThrough(long applied) {
        return Math.min(part instanceof SelfDurablePart durable ? durable.durableThrough() : store.durable(), applied);
    }

    /** Writes the events of a segment from {@code from} on to the store: before they are applied. */
    void append(SegmentView segment, long from) throws IOException {
        if (!(part instanceof SelfDurablePart)) {
            store.append(segment, from);
        }
    }

    /** Applies the events of a segment from position {@code from} on; returns how many were skipped as invalid. */
    long apply(SegmentView segment, boolean allValid, long from, EventFilter filter) {
        if (allValid) {
            part.apply(segment, Math.max(from, segment.firstSeq())); // after a skip it starts later
            return 0;
        }
        long skipped = 0;
        for (int b = segment.batchOf(from), n = segment.batchCount(); b < n; b++) {
            skipped += applyValid(segment.batch(b).from(from), filter);
        }
        return skipped;
    }

    private long applyValid(EventBatch batch, EventFilter filter) {
        long skipped = 0;
        for (int i = 0, n = batch.count(); i < n; i++) {
            if (filter.valid(batch, i)) {
                part.applyWalEvent(batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
            } else {
                skipped++;
            }
        }
        part.applied(batch.lastSeq());
        return skipped;
    }

    Mono<Void> commit(long through) {
        return part.commit(through);
    }

    /** The part, if checkpoints can be made of it. */
    Optional<SnapshottingPart> snapshotting() {
        return part instanceof SnapshottingPart snapshotting && !isDurableOnceApplied()
                ? Optional.of(snapshotting)
                : Optional.empty();
    }

    void close() {
        try {
            part.close();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            LOG.warn("log {}: its ledger part failed to close; nothing that was committed is affected", log, e);
        }
    }

    /** Replays what the store gives back. */
    private final class Recovery implements RecoveryTarget {

        private final EventFilter stored;
        private final RecoveryProgress progress;
        private final BooleanSupplier cancelled;

        Recovery(EventFilter stored, RecoveryProgress progress, BooleanSupplier cancelled) {
            this.stored = stored;
            this.progress = progress;
            this.cancelled = cancelled;
        }

        @Override
        public boolean takesImages() {
            return part instanceof SnapshottingPart;
        }

        @Override
        public void restore(ImageReader image) throws IOException {
            ((SnapshottingPart) part).restore(() -> {
                checkCancelled();
                return image.next();
            });
        }

        @Override
        public void replay(SegmentView events, long from) {
            checkCancelled();
            apply(events, stored.allValid(events), from, stored);
            Mono<Void> commit = commit(events.lastSeq());
            if (commit != Mono.<Void>empty()) {
                commit.block(); // on a thread of the store's, which may
            }
        }

        @Override
        public void expect(long bytes) {
            progress.expect(bytes);
        }

        @Override
        public void done(long bytes) {
            progress.done(bytes);
        }

        private void checkCancelled() {
            if (cancelled.getAsBoolean()) {
                throw new RecoveryCancelledException();
            }
        }
    }
}
