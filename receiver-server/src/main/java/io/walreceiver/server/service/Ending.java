package io.walreceiver.server.service;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.server.interrupt.StopSignal;
import io.walreceiver.server.replay.Replayed;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The end of a service: everything that has to be done, within one deadline that begins when it is told to stop. */
final class Ending {

    /** Of the deadline: the rest is for what comes after draining. */
    private static final double FOR_DRAINING = 0.7;

    private final SegmentReceiver receiver;
    private final Duration time;
    private final DrainCount drained;
    private final ServiceEvents events;
    private volatile @Nullable Deadline deadline;
    private volatile long begunNanos;
    private final CompletableFuture<Void> expired = new CompletableFuture<>();
    private boolean inTime = true;

    Ending(SegmentReceiver receiver, Duration time, DrainCount drained, ServiceEvents events) {
        this.receiver = receiver;
        this.time = time;
        this.drained = drained;
        this.events = events;
    }

    /** Waits on a thread of its own for somebody who says stop; it is to be interrupted when the service has ended by itself. */
    Thread beginWhen(StopSignal stop) {
        Thread waiter = new Thread(
                () -> {
                    stop.await();
                    if (stop.isInterrupted()) {
                        begin();
                    }
                },
                "serve-stop");
        waiter.setDaemon(true);
        waiter.start();
        return waiter;
    }

    private void begin() {
        begunNanos = System.nanoTime();
        deadline = Deadline.in(time);
        drained.begin();
        Mono.delay(time).subscribe(passed -> expired.complete(null));
        receiver.stop(Duration.ofNanos((long) (time.toNanos() * FOR_DRAINING))).subscribe();
        events.stopping(time);
    }

    /**
     * What came of the receiver, once the work is done; blocks.
     *
     * @throws ServiceFailure if that takes longer than the deadline after somebody said stop: draining has one of its own, which comes
     *     first, so something hangs
     */
    StopReport await(Mono<Void> work) {
        Mono<StopReport> report = work.then(Mono.defer(() -> receiver.stop(Duration.ZERO)));
        return Mono.firstWithSignal(report, Mono.fromFuture(expired).then(Mono.empty()))
                .blockOptional()
                .orElseThrow(() -> ServiceFailure.failed(
                        "the receiver did not end within " + time.toSeconds() + " s: something hangs, a disk say",
                        "see what it is; nothing that was acknowledged is lost, and the rest will be sent again"));
    }

    /** Everything has its outcome, or was dropped: closes what is open. */
    void close(Opened opened) {
        Deadline until = deadline;
        long now = System.nanoTime();
        if (until == null) {
            begunNanos = now;
            until = Deadline.in(time);
        } else {
            events.closed("receiver", Duration.ofNanos(now - begunNanos), "");
        }
        List<Opened.Closed> closed = opened.close(until);
        closed.forEach(part -> events.closed(part.what(), part.took(), part.failure()));
        inTime = closed.stream().allMatch(part -> part.failure().isEmpty()) && !until.passed();
    }

    ServiceEnd end(Replayed replayed, boolean interrupted) {
        return new ServiceEnd(
                replayed,
                interrupted,
                drained.segments(),
                drained.events(),
                drained.dropped(),
                inTime,
                Duration.ofNanos(System.nanoTime() - begunNanos));
    }
}
