package io.walreceiver.server.web.live;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.live.LiveEvents.Top;
import io.walreceiver.server.web.live.LiveEvents.TopEntity;
import io.walreceiver.server.web.live.LiveEvents.TopSignal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Ranks the entities of each signal, while somebody looks: one scan for all of them. */
final class TopScan {

    private static final Logger LOG = LoggerFactory.getLogger(TopScan.class);

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** A scan reads every pair, once for each signal: of a core it may have one part in so many. */
    private static final int PAUSE_PER_SCAN = 19;
    /** Who loads the page again should not find it empty. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private final Follower follower;
    private final LiveOptions options;
    private volatile @Nullable Shown last;
    private long lastTookNanos;

    TopScan(Follower follower, LiveOptions options) {
        this.follower = follower;
        this.options = options;
    }

    /**
     * Scans while it is subscribed to, however often.
     *
     * @param scheduler of one thread, which is blocked by scans
     * @return emits the last ranking, and each further one
     */
    Flux<Shown> shared(Scheduler scheduler) {
        Flux<Shown> shared = Mono.fromSupplier(this::scan)
                .subscribeOn(scheduler)
                .onErrorResume(failure -> {
                    LOG.error("the first entities of each signal could not be found", failure);
                    return Mono.empty();
                })
                .repeatWhen(scans -> scans.concatMap(done -> Mono.delay(pause(), scheduler)))
                .doOnNext(scanned -> last = scanned)
                .doFinally(nobodyLooks -> last = null)
                .publish()
                .refCount(1, LINGER, scheduler);
        return Flux.defer(() -> {
            Shown known = last;
            return known == null ? shared : shared.startWith(known);
        });
    }

    private Duration pause() {
        Duration fair = Duration.ofNanos(lastTookNanos * PAUSE_PER_SCAN);
        return fair.compareTo(options.topPause()) > 0 ? fair : options.topPause();
    }

    private Shown scan() {
        long started = System.nanoTime();
        Instant now = follower.clock().instant();
        long asOfNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        List<TopSignal> signals = follower.schema().types().stream()
                .map(type -> first(type, asOfNanos))
                .toList();
        lastTookNanos = System.nanoTime() - started;
        byte[] event = LiveEvents.event(
                "top",
                new Top(
                        System.currentTimeMillis(),
                        now.toEpochMilli(),
                        TimeUnit.NANOSECONDS.toMillis(lastTookNanos),
                        signals));
        return view -> view.seesAll() ? event : null; // scores are of all logs together
    }

    private TopSignal first(SignalType type, long asOfNanos) {
        return new TopSignal(
                type.index(),
                PlainText.name(type.name()),
                follower.ledger().topByScore(type.index(), options.topEntities(), asOfNanos).stream()
                        .map(this::entity)
                        .toList());
    }

    private TopEntity entity(SignalReading reading) {
        @Nullable String name = follower.names().name(reading.entityId()).orElse(null);
        return new TopEntity(
                Long.toUnsignedString(reading.entityId()),
                name == null ? null : PlainText.name(name),
                reading.score(),
                reading.lastHour(),
                reading.allTime());
    }
}
