package io.walreceiver.route;

import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * Asks for what a troubled log needs next, again and again until it comes: requests, segments and wake-ups all may be lost, so
 * this goes by the state of the log and not by an event. Pauses double while nothing helps. Runs on the timer's thread.
 */
final class Resend implements Runnable {

    private static final double JITTER = 0.25;

    private final LogInbox inbox;
    private final LogInboxes router;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicBoolean soon = new AtomicBoolean();
    private volatile long askedFrom;
    private long pauseNanos;
    private long notBeforeNanos;
    private Disposable next = Disposables.disposed();

    Resend(LogInbox inbox, LogInboxes router) {
        this.inbox = inbox;
        this.router = router;
    }

    /** The log is in trouble: sees to it after the shortest pause, unless what is missing has come by then. */
    void arm() {
        if (!armed.getAndSet(true)) {
            router.schedule(this, min().toNanos());
        } else if (from() != askedFrom && !soon.getAndSet(true)) {
            // What comes next may be a long pause away, which an earlier trouble has earned.
            router.schedule(this::lookSoon, min().toNanos());
        }
    }

    /** Asks at once if the log has moved on since it last asked. */
    void nowIfMoved() {
        if (from() > askedFrom) {
            router.schedule(this, 0);
        }
    }

    private void lookSoon() {
        soon.set(false);
        run();
    }

    /** Serial even on a timer of several threads. */
    @Override
    public synchronized void run() {
        next.dispose(); // whoever looks now says when to look next: there is one chain of looks
        if (inbox.troubled()) {
            askIfDue();
            next = router.schedule(this, Math.max(notBeforeNanos - now(), min().toNanos()));
            return;
        }
        armed.set(false);
        if (inbox.troubled()) { // got into trouble between the look and the disarming
            arm();
        }
    }

    private void askIfDue() {
        // While something of the log is still on its way through the stages, what is missing may be in there.
        if (!inbox.troubled() || !inbox.decided() || !router.asksAgain()) {
            return;
        }
        long from = from();
        boolean moved = from != askedFrom; // a log whose part failed moves back
        if (!moved && now() < notBeforeNanos) {
            return;
        }
        pauseNanos =
                sourceCorrupt() ? max().toNanos() : moved ? min().toNanos() : Math.min(2 * pauseNanos, max().toNanos());
        double jitter = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        notBeforeNanos = now() + (long) (pauseNanos * jitter);
        askedFrom = from;
        inbox.senderGoesOn();
        router.sender().request(inbox.log(), from);
    }

    /** Then asking brings the same bytes again, until somebody sees to them. */
    private boolean sourceCorrupt() {
        return inbox.progress()
                .trouble()
                .filter(trouble -> trouble.state() == LogState.SOURCE_CORRUPT)
                .isPresent();
    }

    private long from() {
        return inbox.progress().received() + 1;
    }

    private long now() {
        return router.timer().now(TimeUnit.NANOSECONDS);
    }

    private Duration min() {
        return router.limits().minResendDelay();
    }

    private Duration max() {
        return router.limits().maxResendDelay();
    }
}
