package io.walreceiver.spring;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.outcome.SegmentOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Starts a receiver after everything else in the application, without waiting for it, and stops it before everything else: a web server still
 * answers then, and streams that end with the receiver do so before the server waits for them.
 *
 * <p>Outcomes are asked for as they are handled. A receiver that fails ends, the application goes on: {@link #failure} says why, and so does its
 * health. A receiver cannot be started twice, so neither can this.
 */
public final class ReceiverLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverLifecycle.class);
    /** As long as a receiver waits for its storage after the deadline, and a bit. */
    private static final Duration CLOSING = Duration.ofSeconds(6);

    private static final int OUTCOMES_AHEAD = 256;

    private final SegmentReceiver receiver;
    private final boolean autoStart;
    private final Duration stopTimeout;
    private final List<OutcomeHandler> handlers;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean ended;
    private volatile boolean stopping;
    private volatile @Nullable Throwable failure;

    /**
     * A life that starts with the application.
     *
     * @param receiver not started yet
     * @param stopTimeout how long draining may take; 0 or more
     */
    public ReceiverLifecycle(SegmentReceiver receiver, Duration stopTimeout) {
        this(receiver, true, stopTimeout, List.of());
    }

    /**
     * A life.
     *
     * @param receiver not started yet
     * @param autoStart whether it starts with the application; if not, whoever subscribes to {@link SegmentReceiver#receive} starts it. It is
     *     stopped with the application in any case
     * @param stopTimeout how long draining may take; 0 or more
     * @param handlers are told of outcomes
     */
    public ReceiverLifecycle(
            SegmentReceiver receiver, boolean autoStart, Duration stopTimeout, List<OutcomeHandler> handlers) {
        this.receiver = receiver;
        this.autoStart = autoStart;
        this.stopTimeout = stopTimeout;
        this.handlers = List.copyOf(handlers);
    }

    /** Why the receiver has failed; empty if it has not, or somebody else has started it. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public boolean isAutoStartup() {
        return autoStart;
    }

    /** It would not start a second time. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void start() {
        if (!started.compareAndSet(false, true)) {
            LOG.warn("a receiver does not start a second time; a new application context brings a new one");
            return;
        }
        receiver.receive()
                .subscribeOn(
                        Schedulers.boundedElastic(), false) // a ledger of the application's own may block when it opens
                .concatMap(this::handle, OUTCOMES_AHEAD)
                .subscribe(handled -> {}, this::failed, this::completed);
    }

    private Mono<Void> handle(SegmentOutcome outcome) {
        return switch (handlers.size()) {
            case 0 -> Mono.empty();
            case 1 -> handle(handlers.get(0), outcome);
            default ->
                Flux.fromIterable(handlers)
                        .concatMap(handler -> handle(handler, outcome))
                        .then();
        };
    }

    private static Mono<Void> handle(OutcomeHandler handler, SegmentOutcome outcome) {
        return Mono.defer(() -> handler.handle(outcome)).onErrorResume(e -> {
            LOG.warn("{} could not be told of {}", handler, outcome, e);
            return Mono.empty();
        });
    }

    private void failed(Throwable e) {
        failure = e;
        ended = true;
        LOG.error("the receiver has failed, and takes no more segments until the application is restarted", e);
    }

    private void completed() {
        ended = true;
        if (!stopping) {
            LOG.info("the receiver has ended: {}", receiver.outcomes());
        }
    }

    /** Also if somebody else has started it. */
    @Override
    public boolean isRunning() {
        Phase phase = receiver.status().phase();
        return phase != Phase.STOPPED && (phase != Phase.NEW || (started.get() && !ended));
    }

    @Override
    public void stop() {
        CountDownLatch stopped = new CountDownLatch(1);
        stop(stopped::countDown);
        try {
            boolean inTime =
                    stopped.await(stopTimeout.plus(CLOSING).plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
            if (!inTime) {
                LOG.warn("the receiver has not stopped in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop(Runnable callback) {
        stopping = true;
        receiver.stop(stopTimeout)
                .timeout(stopTimeout.plus(CLOSING), Schedulers.parallel())
                .doFinally(signal -> callback.run())
                .subscribe(
                        ReceiverLifecycle::tell,
                        e -> LOG.warn("the receiver has not stopped in time: something hangs, a disk say", e));
    }

    private static void tell(StopReport report) {
        if (report.drained()) {
            LOG.info("the receiver has stopped: {}", report.outcomes());
        } else {
            LOG.warn(
                    "the receiver has stopped before logs {} were drained; what was dropped will be sent again: {}",
                    report.notDrained(),
                    report.outcomes());
        }
    }
}
