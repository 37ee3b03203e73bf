package io.walreceiver.server.web.live;

import io.walreceiver.format.LogId;
import java.util.function.Predicate;

/** What one client has seen, and may see. Used serially. */
final class View {

    private final Predicate<LogId> maySee;
    private boolean seesAll;
    private long seen;
    private OutcomeCounts counts = OutcomeCounts.NONE;
    private long countedAtMillis;

    View(Predicate<LogId> maySee) {
        this.maySee = maySee;
    }

    boolean maySee(LogId log) {
        return maySee.test(log);
    }

    /** Whether no log is hidden from it: decided anew with each sample. */
    boolean seesAll() {
        return seesAll;
    }

    /** Takes note of a sample. Gives whether it has seen the one before. */
    boolean look(Sample sample) {
        boolean next = seen == sample.number() - 1;
        seen = sample.number();
        seesAll = sample.logs().stream().allMatch(log -> maySee(log.log()));
        return next;
    }

    /** How fast its own logs went since it was told last; for a view that does not see all. */
    RatePoint rate(long atMillis, OutcomeCounts now, long inFlightBytes) {
        double seconds = (atMillis - countedAtMillis) / 1e3;
        boolean known = countedAtMillis > 0 && seconds > 0;
        RatePoint point = new RatePoint(
                atMillis,
                known ? (now.events() - counts.events()) / seconds : 0,
                known ? (now.segments() - counts.segments()) / seconds : 0,
                inFlightBytes);
        counts = now;
        countedAtMillis = atMillis;
        return point;
    }
}
