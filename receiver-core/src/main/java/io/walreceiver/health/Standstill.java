package io.walreceiver.health;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which logs have something to do and do not do it, and for how long: by looking again and again.
 *
 * <p>A log has something to do while the receiver and it run and segments of it lie between arrival and outcome, those that are held not
 * counted, or verified events are not applied. It has moved if a position of it has, or fewer such bytes wait than before. Time in which
 * nobody wanted an outcome does not count, nor does time in which nobody looked: a process that was frozen has not stood still.
 */
final class Standstill {

    private final long longestStepNanos;
    private Map<LogId, Seen> logs = Map.of();
    private @Nullable OutcomeCounts outcomes;
    private long allStillNanos;
    private long lastNanos;

    /** @param lookEvery how far looks are apart; of a longer pause no more than twice that counts */
    Standstill(Duration lookEvery) {
        this.longestStepNanos = lookEvery.multipliedBy(2).toNanos();
    }

    /**
     * A log that has something to do and has not moved.
     *
     * @param status how it stands
     * @param nanos for how long
     */
    record Still(LogStatus status, long nanos) {}

    void look(Look look) {
        boolean runs = look.status().phase() == Phase.RUNNING;
        long step = look.outcomeWanted() ? Math.min(Math.max(0, look.nanos() - lastNanos), longestStepNanos) : 0;
        boolean moved = !look.outcomes().equals(outcomes);
        boolean waited = false;
        Map<LogId, Seen> now = new HashMap<>();
        for (LogStatus log : look.status().logs()) {
            Optional<Seen> before = Optional.ofNullable(logs.get(log.log()));
            boolean still = runs
                    && isRunnable(log)
                    && before.isPresent()
                    && before.get().isStill(log);
            now.put(log.log(), new Seen(log, still ? before.get().nanos + step : 0));
            moved |= before.isEmpty() || before.get().hasMoved(log);
            waited |= still;
        }
        allStillNanos = waited && !moved ? allStillNanos + step : 0;
        logs = now;
        outcomes = look.outcomes();
        lastNanos = look.nanos();
    }

    /** For how long something has waited to be done while no log moved at all, nor any segment got its outcome. */
    long allStillNanos() {
        return allStillNanos;
    }

    /** Logs that have stood still for so long, in the order of their ids. */
    List<Still> stillFor(long nanos) {
        List<Still> found = new ArrayList<>();
        logs.forEach((log, seen) -> {
            if (seen.nanos > 0 && seen.nanos >= nanos) {
                found.add(new Still(seen.status, seen.nanos));
            }
        });
        found.sort((a, b) -> a.status.log().compareTo(b.status.log()));
        return found;
    }

    static long waitingBytes(LogStatus log) {
        return Math.max(0, log.inFlightBytes() - log.heldBytes());
    }

    private static boolean isRunnable(LogStatus log) {
        return log.state() == LogState.RUNNING && (waitingBytes(log) > 0 || log.received() > log.applied());
    }

    /** How a log was when it was looked at, and for how long it had stood still then. */
    private record Seen(LogStatus status, long nanos) {

        boolean isStill(LogStatus now) {
            return isRunnable(status) && !hasMoved(now);
        }

        boolean hasMoved(LogStatus now) {
            return now.received() != status.received()
                    || now.written() != status.written()
                    || now.durable() != status.durable()
                    || now.applied() != status.applied()
                    || now.acknowledged() != status.acknowledged()
                    || waitingBytes(now) < waitingBytes(status);
        }
    }
}
