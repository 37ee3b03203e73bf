package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Scheduler;

/**
 * What is published for one follower: a subscription to its transport, and what the follower tells it, in the order of its telling, on
 * a thread that may block.
 */
final class Feed extends BaseSubscriber<WalSegmentPayload> {

    /** Where the feed's news go, on the connection's event loop. */
    interface Listener {
        /** The segment that was asked for. */
        void segment(WalSegmentPayload segment, int answers);

        /** Nothing comes any more. */
        void completed();

        /** Nothing comes any more, because of this. */
        void failed(Throwable e);

        /** What was asked for is not there any more. */
        void pruned(Frame.Log told);
    }

    private final Transport transport;
    private final Verdicts verdicts;
    private final Scheduler.Worker worker;
    private final Listener listener;
    private final Mailbox mailbox = new Mailbox();
    private final AtomicBoolean told = new AtomicBoolean();
    /** Per log the last request that the transport was told of. */
    private final Map<LogId, Integer> requests = new ConcurrentHashMap<>();

    Feed(Transport transport, Verdicts verdicts, Scheduler.Worker worker, Listener listener) {
        this.transport = transport;
        this.verdicts = verdicts;
        this.worker = worker;
        this.listener = listener;
    }

    /** Subscribes; nothing comes before it is asked for. */
    void start(Positions positions) {
        transport.segments(positions).subscribe(this);
    }

    void acknowledge(LogId log, long through) {
        mailbox.acknowledge(log, through);
        mailCame();
    }

    void hold(LogId log, long from) {
        mailbox.hold(log, from);
        mailCame();
    }

    void resend(LogId log, long from, int number) {
        mailbox.request(log, from, number);
        mailCame();
    }

    private void mailCame() {
        if (told.compareAndSet(false, true)) {
            worker.schedule(this::readMail);
        }
    }

    private void readMail() {
        told.set(false);
        if (isDisposed()) {
            return;
        }
        try {
            for (Map.Entry<LogId, Mailbox.Mail> each : mailbox.take().entrySet()) {
                pass(each.getKey(), each.getValue());
            }
        } catch (IOException | RuntimeException e) {
            listener.failed(e);
        }
    }

    private void pass(LogId log, Mailbox.Mail mail) throws IOException {
        if (mail.acknowledged > 0) {
            transport.acknowledge(log, mail.acknowledged);
        }
        if (mail.heldFrom > 0) {
            transport.hold(log, mail.heldFrom);
        }
        if (mail.requestedFrom > 0) {
            Frame.Log pruned = verdicts.pruned(log, mail.requestedFrom);
            if (pruned != null) {
                listener.pruned(pruned);
                return;
            }
            // Before the transport hears of it: a segment that answers must say so, or it is thrown away; one that says
            // so
            // and was on its way already comes twice at worst.
            requests.merge(log, mail.requestNumber, Math::max);
            transport.request(log, mail.requestedFrom);
        }
    }

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
        // nothing is asked for before the connection has room
    }

    @Override
    protected void hookOnNext(WalSegmentPayload segment) {
        listener.segment(segment, requests.getOrDefault(segment.log(), 0));
    }

    @Override
    protected void hookOnComplete() {
        listener.completed();
    }

    @Override
    protected void hookOnError(Throwable e) {
        listener.failed(e);
    }
}
