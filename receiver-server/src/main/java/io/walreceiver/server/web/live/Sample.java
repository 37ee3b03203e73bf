package io.walreceiver.server.web.live;

import io.walreceiver.ReceiverStatus;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.live.LiveEvents.OutcomesSoFar;
import io.walreceiver.server.web.live.LiveEvents.Rates;
import io.walreceiver.server.web.live.LiveEvents.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How everything stood at one instant. What clients are sent of it is written once, whoever asks first, and shared by all that see all
 * logs: those that have seen the sample before get what has changed, all others everything.
 */
final class Sample implements Shown {

    private final long number;
    private final long atMillis;
    private final String node;
    private final ReceiverStatus status;
    private final List<TrackedLog> logs;
    private final List<SourceStatus> sources;
    private final List<RatePoint> rates;
    private final int newRates;
    private final Outcomes outcomes;

    private byte @Nullable [] everything;
    private byte @Nullable [] news;

    /**
     * A sample.
     *
     * @param number 1 for the first
     * @param rates the last minutes
     * @param newRates how many of them, at the end, came since the sample before
     */
    Sample(
            long number,
            long atMillis,
            String node,
            ReceiverStatus status,
            List<TrackedLog> logs,
            List<SourceStatus> sources,
            List<RatePoint> rates,
            int newRates,
            Outcomes outcomes) {
        this.number = number;
        this.atMillis = atMillis;
        this.node = node;
        this.status = status;
        this.logs = logs;
        this.sources = sources;
        this.rates = rates;
        this.newRates = newRates;
        this.outcomes = outcomes;
    }

    long number() {
        return number;
    }

    List<TrackedLog> logs() {
        return logs;
    }

    @Override
    public byte[] to(View view) {
        boolean next = view.look(this);
        if (!view.seesAll()) {
            return part(view);
        }
        return next ? news() : everything();
    }

    private synchronized byte[] everything() {
        byte[] known = everything;
        if (known == null) {
            known = write(true, rates);
            everything = known;
        }
        return known;
    }

    private synchronized byte[] news() {
        byte[] known = news;
        if (known == null) {
            known = write(false, rates.subList(rates.size() - newRates, rates.size()));
            news = known;
        }
        return known;
    }

    private byte[] write(boolean full, List<RatePoint> points) {
        List<LogRow> rows = logs.stream()
                .filter(log -> full || log.changedIn() == number)
                .map(TrackedLog::row)
                .toList();
        List<byte[]> events = new ArrayList<>();
        events.add(LiveEvents.event("status", status(full, status.inFlightBytes(), sources, logs.size(), rows)));
        if (!points.isEmpty()) {
            events.add(LiveEvents.event("rates", Rates.of(points)));
        }
        events.add(LiveEvents.event("outcomes", OutcomesSoFar.of(atMillis, outcomes.all(), outcomes.refusals())));
        return LiveEvents.join(events);
    }

    /** All of what a view may see. Written for each such client: they are few. */
    private byte[] part(View view) {
        List<LogRow> rows = logs.stream()
                .filter(log -> view.maySee(log.log()))
                .map(TrackedLog::row)
                .toList();
        long inFlight = rows.stream().mapToLong(LogRow::inFlightBytes).sum();
        OutcomeCounts counts = outcomes.sum(view::maySee);
        List<Refusal> refusals = outcomes.refusals().stream()
                .filter(refusal -> view.maySee(refusal.log()))
                .toList();
        return LiveEvents.join(List.of(
                LiveEvents.event("status", status(true, inFlight, null, rows.size(), rows)),
                LiveEvents.event("rates", Rates.of(List.of(view.rate(atMillis, counts, inFlight)))),
                LiveEvents.event("outcomes", OutcomesSoFar.of(atMillis, counts, refusals))));
    }

    private LiveEvents.Status status(
            boolean full,
            long inFlightBytes,
            @Nullable List<SourceStatus> shownSources,
            int logCount,
            List<LogRow> rows) {
        return new LiveEvents.Status(
                atMillis,
                full,
                node,
                status.phase().name().toLowerCase(Locale.ROOT),
                Recovery.of(status.recovery()),
                inFlightBytes,
                status.roomRanOut(),
                status.tooManyLogs(),
                shownSources,
                logCount,
                rows);
    }
}
