package io.walreceiver.replay;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** A log's part of the ledger while it is open. */
final class OpenPart {

    private static final Logger LOG = LoggerFactory.getLogger(OpenPart.class);

    private final LogId log;
    private final LedgerPart part;
    private long startsAfter;

    private OpenPart(LogId log, LedgerPart part) {
        this.log = log;
        this.part = part;
    }

    /** Opens the part and asks it where it stands; one that does not say is closed again. */
    static OpenPart open(SignalLedger ledger, LogId log) {
        OpenPart opened = new OpenPart(log, ledger.open(log));
        try {
            opened.startsAfter = opened.position();
        } catch (Throwable e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** Where the part stood when it was opened. */
    long startsAfter() {
        return startsAfter;
    }

    /** Where the part would stand if it were opened now, as far as it can tell. */
    long position() {
        return part instanceof SelfDurablePart durable ? durable.durableThrough() : 0;
    }

    /** Through where the sender may forget, once {@code applied} has been applied and committed. */
    long durableThrough(long applied) {
        return part instanceof SelfDurablePart durable ? Math.min(durable.durableThrough(), applied) : applied;
    }

    /** Applies the events of a segment from position {@code from} on; returns how many were skipped as invalid. */
    long apply(Examined.Intact intact, long from, ReplayRules.EventFilter filter) {
        SegmentView segment = intact.segment();
        long skipped = 0;
        for (int b = 0, n = segment.batchCount(); b < n; b++) {
            EventBatch batch = segment.batch(b);
            if (batch.lastSeq() < from) {
                continue;
            }
            EventBatch unseen = batch.from(from);
            if (intact.allValid()) {
                part.apply(unseen, unseen.lastSeq());
            } else {
                skipped += applyValid(unseen, filter);
            }
        }
        return skipped;
    }

    private long applyValid(EventBatch batch, ReplayRules.EventFilter filter) {
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

    void close() {
        try {
            part.close();
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            LOG.warn("log {}: its ledger part failed to close; nothing that was committed is affected", log, e);
        }
    }
}
