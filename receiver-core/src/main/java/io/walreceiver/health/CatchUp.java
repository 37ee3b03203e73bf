package io.walreceiver.health;

import io.walreceiver.LogStatus;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether every log has caught up with its source once.
 *
 * <p>A log has caught up when it holds an event that was its source's last one no more than {@link #WITHIN} ago: while a leader writes, a
 * follower is never further. What may never come is waited for no longer than the grace:
 *
 * <ul>
 *   <li>a log in trouble (a gap, a full disk ...) until it has not moved for so long;
 *   <li>a log whose head is not known until it has been seen for so long, as a source that pushes need not say it;
 *   <li>a source that is not connected, if another is, for so long after the start. Where nothing has come at all, one must be connected for
 *       so long, or what is read would be emptiness that nobody vouches for.
 * </ul>
 *
 * <p>A log that runs, and knows that it is behind, is waited for however long it takes.
 */
final class CatchUp {

    static final Duration WITHIN = Duration.ofSeconds(10);

    private final long graceNanos;
    private final Map<LogId, Chase> chases = new HashMap<>();
    private @Nullable Long runningSince;
    private @Nullable Long connectedSince;
    private boolean done;

    CatchUp(Duration grace) {
        this.graceNanos = grace.toNanos();
    }

    /** Of a receiver that runs: what is still waited for; nothing any more once that was nothing. */
    List<Reason> look(Look look) {
        if (done) {
            return List.of();
        }
        if (runningSince == null) {
            runningSince = look.nanos();
        }
        List<Reason> waits = new ArrayList<>();
        sources(look, waits);
        for (LogStatus log : look.status().logs()) {
            Chase chase = chases.get(log.log());
            if (chase == null) {
                chase = new Chase(log, look.nanos());
                chases.put(log.log(), chase);
                waits.add(waits(log)); // where one log is new, there may be others yet
            } else if (!chase.isOver(log, look.nanos())) {
                waits.add(waits(log));
            }
        }
        done = waits.isEmpty();
        if (done) {
            chases.clear();
        }
        return waits;
    }

    private void sources(Look look, List<Reason> waits) {
        boolean known = !look.sources().isEmpty();
        boolean one = look.sources().stream().anyMatch(SourceState::connected);
        boolean all = look.sources().stream().allMatch(SourceState::connected);
        if (!known || one) {
            connectedSince = connectedSince == null ? Long.valueOf(look.nanos()) : connectedSince;
        } else {
            connectedSince = null;
        }
        if (look.status().logs().isEmpty()) {
            if (!passed(connectedSince, look.nanos())) {
                waits.add(Reason.decisive(
                        "no log",
                        "nothing has come yet, and nothing is stored"
                                + (!known || one ? "" : "; no source is connected"),
                        "a source must be connected for " + Reason.told(Duration.ofNanos(graceNanos))
                                + ", if it has nothing to send; check its address, and that it runs"));
            }
        } else if (known && !all && !passed(runningSince, look.nanos())) {
            waits.add(Reason.decisive(
                    "source",
                    "not every source is connected yet",
                    "the others are waited for at the start, for " + Reason.told(Duration.ofNanos(graceNanos))));
        }
    }

    private boolean passed(@Nullable Long since, long now) {
        return since != null && now - since >= graceNanos;
    }

    private static Reason waits(LogStatus log) {
        OptionalLong lag = log.lagEvents();
        return Reason.decisive(
                log.log(),
                "catching up",
                "log " + log.log() + " has applied " + log.applied()
                        + (lag.isPresent() ? ", its head is " + log.head().getAsLong() : ", its head is not known yet"),
                "it becomes ready by itself; if it does not move, see its state and its source");
    }

    /** One log after its head. */
    private final class Chase {

        private final long seenSince;
        private long applied;
        private long movedAt;
        private long target = -1;
        private long targetAt;
        private boolean over;

        Chase(LogStatus log, long now) {
            this.seenSince = now;
            this.movedAt = now;
            this.applied = log.applied();
        }

        boolean isOver(LogStatus log, long now) {
            if (over) {
                return true;
            }
            if (log.applied() != applied) {
                applied = log.applied();
                movedAt = now;
            }
            if (log.state() == LogState.RECOVERING) {
                return false;
            }
            if (log.state() != LogState.RUNNING) {
                return now - movedAt >= graceNanos;
            }
            if (log.head().isEmpty()) {
                return now - seenSince >= graceNanos;
            }
            over = hasReached(log.head().getAsLong(), now);
            return over;
        }

        private boolean hasReached(long head, long now) {
            if (applied >= head) {
                return true;
            }
            boolean inTime = target >= 0 && now - targetAt <= WITHIN.toNanos();
            if (applied >= target || !inTime) {
                if (target >= 0 && applied >= target && inTime) {
                    return true;
                }
                target = head;
                targetAt = now;
            }
            return false;
        }
    }
}
