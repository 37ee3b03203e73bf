package io.walreceiver.route;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The segment at the head of the line, while there is no room for it. There is one at most. It looks again when bytes were given
 * back and when its log's patience is up, always on the timer's thread: the transport goes on from there, never from inside the
 * worker of another log that made the room.
 */
final class RoomWaiter {

    private final LogInboxes router;
    private final LogInbox inbox;
    private final WalSegmentPayload segment;
    private final MonoSink<Flux<SegmentOutcome>> sink;
    private final long sinceNanos;
    /** Looks asked for; whoever asks for the first has it scheduled, and it sees to all that are asked for meanwhile. */
    private final AtomicInteger looks = new AtomicInteger();

    private volatile boolean done;
    private Disposable patience = () -> {};

    RoomWaiter(LogInboxes router, LogInbox inbox, WalSegmentPayload segment, MonoSink<Flux<SegmentOutcome>> sink) {
        this.router = router;
        this.inbox = inbox;
        this.segment = segment;
        this.sink = sink;
        this.sinceNanos = router.demandNanos();
    }

    /** Looks soon; any thread. */
    void look() {
        if (!done && looks.getAndIncrement() == 0) {
            router.schedule(this::lookNow, 0);
        }
    }

    void cancel() {
        done = true;
    }

    /** One at a time, also on a timer of several threads. */
    private void lookNow() {
        int seen = looks.get();
        do {
            lookOnce();
            seen = looks.addAndGet(-seen);
        } while (seen != 0);
    }

    private void lookOnce() {
        if (done) {
            return;
        }
        if (inbox.take(router.budget(), segment)) {
            finish(router.taken(inbox, segment));
        } else if (router.asksAgain() && inbox.behind()) {
            finish(router.letGo(inbox, segment, "its log is behind"));
        } else {
            waitOn();
        }
    }

    private void waitOn() {
        router.askForHeldBytes(inbox, segment);
        if (!router.asksAgain()) {
            return; // nothing may be let go: waits until there is room, and everything behind it with it
        }
        long left = router.limits().patience().toNanos() - stillNanos();
        if (left <= 0) {
            router.roomRanOut(inbox);
            finish(router.letGo(inbox, segment, "its log stood still and there was no room to wait in"));
        } else if (router.outcomeWanted()) { // else patience stands still, and whoever wants one looks again
            patience.dispose();
            patience = router.schedule(this::look, left);
        }
    }

    /** A log with segments inside has been still since the last of them moved; one without, since this one came. */
    private long stillNanos() {
        return inbox.inFlightBytes() == 0 ? router.demandNanos() - sinceNanos : inbox.stillNanos();
    }

    private void finish(Mono<Flux<SegmentOutcome>> routed) {
        done = true;
        patience.dispose();
        router.waits(null);
        routed.subscribe(sink::success, sink::error, sink::success);
    }
}
