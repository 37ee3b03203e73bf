package io.walreceiver.examples.postgres;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.SelfDurablePart;
import reactor.core.publisher.Mono;

/** One log's part: gathers the events of a segment, and commits them together with the position. */
final class PostgresPart implements SelfDurablePart {

    private final LogId log;
    private final PostgresLedger ledger;
    private SegmentEffect gathered = new SegmentEffect();
    /** Where {@link #gathered} begins. */
    private volatile long durableThrough;

    PostgresPart(LogId log, PostgresLedger ledger, long durableThrough) {
        this.log = log;
        this.ledger = ledger;
        this.durableThrough = durableThrough;
    }

    @Override
    public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {
        gathered.add(entityId, signalType, weight, timestampNanos);
    }

    @Override
    public Mono<Void> commit(long through) {
        SegmentEffect effect = gathered;
        gathered = new SegmentEffect();
        return ledger.commit(log, durableThrough, through, effect).doOnSuccess(done -> durableThrough = through);
    }

    @Override
    public long durableThrough() {
        return durableThrough;
    }
}
