package io.walreceiver.health;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The health of a receiver, which is looked at again and again until it has stopped.
 *
 * <p><b>Liveness</b> is down only if the receiver runs, work waits, an outcome is wanted, and for {@code stallAfter} no log has moved and no
 * segment got its outcome; or if the receiver could not even be looked at for so long. Never for a gap, a hold, a lost connection, a recovery, a
 * disk or ledger that is full, or a consumer without demand. A part or a write that hangs is down: nothing but a restart ends it. An
 * fsync that hangs is not, as nothing waits for it but acknowledgements: watch {@code durable}.
 *
 * <p><b>Readiness</b> is down until every log has caught up for the first time, while what is stored is recovered, when the receiver stops, and
 * beyond {@code maxLag}. A log in trouble, an unknown lag, a source that is not there: {@code degraded}, which is down if {@code strict}.
 * {@code docs/decisions/0020-health-is-a-policy.md} says what counts as caught up.
 *
 * <p>All methods may be called from any thread and return at once.
 */
public final class ReceiverHealth implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiverHealth.class);
    private static final String HANGS = "take a thread dump, then restart";

    private final SegmentReceiver receiver;
    private final Supplier<List<SourceState>> sources;
    private final long stallAfterNanos;
    private final Liveness liveness;
    private final Readiness readiness;
    private final Scheduler timer;
    private final boolean ownsTimer;
    private final Disposable.Swap looking = Disposables.swap();

    private volatile Found found;
    private volatile long lookingSince;
    private volatile boolean looks;
    private boolean failed;

    private ReceiverHealth(SegmentReceiver receiver, Supplier<List<SourceState>> sources, HealthOptions options) {
        this.receiver = receiver;
        this.sources = sources;
        this.stallAfterNanos = options.stallAfter().toNanos();
        this.liveness = new Liveness(options);
        this.readiness = new Readiness(options);
        this.ownsTimer = options.timer().isEmpty();
        this.timer = options.timer().orElseGet(() -> Schedulers.newSingle("receiver-health", true));
        this.found = new Found(
                Health.of(List.of()),
                Health.of(List.of(Reason.decisive(
                        "not started", "it has not been looked at yet", "it becomes ready by itself"))));
    }

    private record Found(Health live, Health ready) {}

    /**
     * Starts to look at a receiver.
     *
     * @param receiver may not have been started
     * @param sources where it gets segments from; called on the looking thread. None if that is not known: then they count as connected
     * @param options when it counts as stalled, and as ready
     * @return to be closed, unless the receiver has stopped
     */
    public static ReceiverHealth watch(
            SegmentReceiver receiver, Supplier<List<SourceState>> sources, HealthOptions options) {
        ReceiverHealth health = new ReceiverHealth(receiver, sources, options);
        long every = options.lookEvery().toNanos();
        health.looking.update(health.timer.schedulePeriodically(health::look, 0, every, TimeUnit.NANOSECONDS));
        return health;
    }

    /** Whether the process should go on. */
    public Health liveness() {
        long since = lookingSince;
        if (looks && now() - since >= stallAfterNanos) {
            return Health.of(List.of(Reason.decisive(
                    "standing still", "the receiver's status could not be read for " + seconds(now() - since), HANGS)));
        }
        return found.live;
    }

    /** Whether the receiver should be read from. */
    public Health readiness() {
        return found.ready;
    }

    /** Ends looking. What was found last stays. */
    @Override
    public void close() {
        looking.dispose();
        if (ownsTimer) {
            timer.dispose();
        }
    }

    private void look() {
        lookingSince = now();
        looks = true;
        try {
            Look look = new Look(
                    receiver.status(), receiver.outcomes(), receiver.outcomeWanted(), sources.get(), lookingSince);
            Health live = liveness.look(look);
            found = new Found(live, readiness.look(look, live));
            if (look.status().phase() == Phase.STOPPED) {
                close();
            }
            failed = false;
        } catch (Throwable e) { // out of memory too: whatever it is, the next look may find it gone
            if (!failed) { // once: it may go on for long
                LOG.warn("the health could not be looked at; what was found before stays until it can", e);
            }
            failed = true;
        } finally {
            looks = false;
        }
    }

    private long now() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    private static String seconds(long nanos) {
        return nanos / 1_000_000_000L + " s";
    }
}
