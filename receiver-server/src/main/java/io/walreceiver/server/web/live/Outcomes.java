package io.walreceiver.server.web.live;

import io.walreceiver.format.LogId;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Counts what became of segments, for each log, and keeps the last refusals. It is to be told of every outcome of a receiver, one at a
 * time; it never blocks, and makes no garbage for segments that were applied. Read from any thread.
 */
public final class Outcomes implements Consumer<SegmentOutcome> {

    private static final int LAST_REFUSALS = 20;
    /** More are counted together: whose segments they were is a sender's claim. */
    private static final int MAX_LOGS = 8192;

    private final Clock clock;
    private final ConcurrentMap<LogId, OutcomeTally> byLog = new ConcurrentHashMap<>();
    private final OutcomeTally others = new OutcomeTally();
    private final Deque<Refusal> refusals = new ArrayDeque<>();
    private final AtomicReference<List<Refusal>> lastRefusals = new AtomicReference<>(List.of());

    /** None yet. */
    public Outcomes() {
        this(Clock.systemUTC());
    }

    Outcomes(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void accept(SegmentOutcome outcome) {
        LogId log = outcome.segment().log();
        OutcomeTally tally = byLog.get(log);
        if (tally == null) {
            tally = byLog.size() < MAX_LOGS ? byLog.computeIfAbsent(log, id -> new OutcomeTally()) : others;
        }
        if (outcome instanceof Applied applied) {
            tally.applied(applied);
            return;
        }
        tally.count(outcome);
        if (outcome instanceof Refused refused) {
            keep(refused);
        }
    }

    /** What became of the segments of all logs. */
    OutcomeCounts all() {
        return sum(log -> true).plus(others.read());
    }

    /** What became of the segments of some logs. */
    OutcomeCounts sum(Predicate<LogId> logs) {
        OutcomeCounts sum = OutcomeCounts.NONE;
        for (var log : byLog.entrySet()) {
            if (logs.test(log.getKey())) {
                sum = sum.plus(log.getValue().read());
            }
        }
        return sum;
    }

    /** The last refusals, newest first. */
    List<Refusal> refusals() {
        return lastRefusals.get();
    }

    private void keep(Refused refused) {
        if (refusals.size() == LAST_REFUSALS) {
            refusals.removeLast();
        }
        refusals.addFirst(new Refusal(clock.millis(), refused.fault()));
        lastRefusals.set(List.copyOf(refusals));
    }
}
