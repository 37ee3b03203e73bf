package io.walreceiver.server.web.live;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.format.LogId;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.SourceStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Looks how everything stands: every second, and soon after a log's state has changed. Rates are remembered, so that who begins to look
 * sees where they come from.
 */
final class Sampler {

    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    static final Duration PACE = Duration.ofSeconds(1);
    /** Changes come in flocks. */
    private static final Duration SETTLE = Duration.ofMillis(200);

    private static final int REMEMBERED_RATES = 600;

    private final Follower follower;
    private final Outcomes outcomes;
    private final Clock clock;

    private final Deque<RatePoint> rates = new ArrayDeque<>();
    private Map<LogId, TrackedLog> before = Map.of();
    private OutcomeCounts counted = OutcomeCounts.NONE;
    private long countedNanos;
    private long number;

    Sampler(Follower follower, Outcomes outcomes, Clock clock) {
        this.follower = follower;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /**
     * Samples until the receiver has ended or an end is told, and once more then.
     *
     * @param scheduler of one thread, on which all is done
     * @return to be subscribed to once
     */
    Flux<Sample> samples(Scheduler scheduler, Mono<Void> end) {
        Mono<Void> over = follower.receiver().statusChanges().then();
        Flux<Boolean> paced = Flux.interval(Duration.ZERO, PACE, scheduler)
                .onBackpressureDrop()
                .map(tick -> true);
        Flux<Boolean> changed = follower.receiver()
                .statusChanges()
                .concatMap(status -> Mono.delay(SETTLE, scheduler), 0)
                .map(tick -> false);
        return Flux.merge(paced, changed)
                .map(this::sample)
                .doOnError(failure -> LOG.error("the status could not be read for those that look on", failure))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, PACE).scheduler(scheduler))
                .takeUntilOther(
                        Mono.firstWithSignal(over, end).publishOn(scheduler).thenReturn(true))
                .concatWith(Mono.fromSupplier(() -> sample(false)));
    }

    private Sample sample(boolean paced) {
        long now = clock.millis();
        number++;
        ReceiverStatus status = follower.receiver().status();
        List<SourceStatus> sources =
                follower.sources().get().stream().map(Sampler::shown).toList();
        Map<LogId, TrackedLog> tracked = new HashMap<>();
        List<TrackedLog> logs = new ArrayList<>(status.logs().size());
        for (LogStatus log : status.logs()) {
            TrackedLog next = TrackedLog.of(log, status.phase(), sources, before.get(log.log()), number, now);
            tracked.put(log.log(), next);
            logs.add(next);
        }
        before = tracked;
        boolean rated = paced && rate(now, status.inFlightBytes());
        return new Sample(
                number,
                now,
                PlainText.name(follower.node()),
                status,
                logs,
                sources,
                List.copyOf(rates),
                rated ? 1 : 0,
                outcomes);
    }

    private boolean rate(long nowMillis, long inFlightBytes) {
        long nanos = System.nanoTime();
        OutcomeCounts now = outcomes.all();
        double seconds = (nanos - countedNanos) / 1e9;
        boolean first = countedNanos == 0;
        if (!first) {
            rates.addLast(new RatePoint(
                    nowMillis,
                    (now.events() - counted.events()) / seconds,
                    (now.segments() - counted.segments()) / seconds,
                    inFlightBytes));
            if (rates.size() > REMEMBERED_RATES) {
                rates.removeFirst();
            }
        }
        counted = now;
        countedNanos = nanos;
        return !first;
    }

    private static SourceStatus shown(SourceStatus source) {
        return new SourceStatus(
                PlainText.name(source.address()),
                PlainText.name(source.state()),
                PlainText.sentence(source.text()),
                source.reconnects());
    }
}
