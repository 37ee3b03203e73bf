package io.walreceiver.transport.sender;

import io.walreceiver.format.WalSegmentPayload;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A drain loop: whoever has news calls {@link #wake()}, and one thread of the executor at a time emits what there is to emit and
 * what was asked for. Neither news nor demand ever emits on the thread that brings it, so a source never runs inside the replay
 * of a log, and a subscriber that asks from within {@code onNext} does not recurse.
 */
public abstract class SegmentSubscription implements Subscription {

    /** After so many segments the thread is given back: others may wait for it, a sender's continuation among them. */
    private static final int SLICE = 64;

    private final Executor executor;
    private final AtomicLong requested = new AtomicLong();
    /** News since the drain loop looked; whoever takes it from 0 runs the loop. Nobody does before {@link #start}. */
    private final AtomicInteger news = new AtomicInteger(1);

    private final AtomicBoolean closed = new AtomicBoolean();
    /** Dropped at the end, as rule 3.13 of Reactive Streams asks. Used by the drain loop only. */
    private @Nullable CoreSubscriber<? super WalSegmentPayload> subscriber;

    private long emitted;
    private volatile @Nullable Throwable badRequest;

    /**
     * Makes a subscription; {@link #start} hands it over.
     *
     * @param executor runs the drain loop; it may reject only what comes after the subscription's end
     */
    protected SegmentSubscription(CoreSubscriber<? super WalSegmentPayload> subscriber, Executor executor) {
        this.subscriber = subscriber;
        this.executor = executor;
    }

    /** The next segment, if one can be sent now. Called by the drain loop, only while there is demand. */
    protected abstract @Nullable WalSegmentPayload poll();

    /** Whether no segment will come any more. Called by the drain loop. What it or {@link #poll} throws ends the flux. */
    protected abstract boolean finished();

    /** Lets go of everything. Called once, by whoever ends the subscription. */
    protected abstract void close();

    /** Whether the subscription has come to its end. */
    protected final boolean closed() {
        return closed.get();
    }

    /** Hands the subscription to the subscriber; nothing is emitted before {@code onSubscribe} has returned. */
    public final void start() {
        CoreSubscriber<? super WalSegmentPayload> to = subscriber;
        if (to != null) {
            to.onSubscribe(this);
            execute();
        }
    }

    /** Tells the drain loop that something may have changed. Returns at once. */
    public final void wake() {
        if (news.getAndIncrement() == 0) {
            execute();
        }
    }

    private void execute() {
        try {
            executor.execute(this::drain);
        } catch (RejectedExecutionException rejected) {
            // The loop is ours and no other thread can be had: this one says so rather than leave the subscriber
            // waiting.
            if (!closed.get()) {
                fail(rejected);
            }
            subscriber = null;
        }
    }

    @Override
    public final void request(long n) {
        if (n <= 0) {
            badRequest = new IllegalArgumentException(
                    "rule 3.9 of Reactive Streams: demand must be greater than 0, was " + n);
        } else {
            requested.accumulateAndGet(n, Operators::addCap);
        }
        wake();
    }

    @Override
    public final void cancel() {
        end();
        if (news.getAndIncrement() == 0) {
            subscriber = null;
        }
    }

    private void drain() {
        int seen = news.get();
        do {
            boolean more = emit();
            if (closed.get()) {
                subscriber = null; // news stays above 0: the loop never runs again
                return;
            }
            if (more) {
                execute(); // the loop stays ours
                return;
            }
            seen = news.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Emits a slice at most, and says whether there may be more. */
    private boolean emit() {
        CoreSubscriber<? super WalSegmentPayload> to = subscriber;
        if (to == null) {
            return false;
        }
        try {
            for (int i = 0; i < SLICE && !closed.get(); i++) {
                Throwable bad = badRequest;
                if (bad != null) {
                    fail(bad);
                    return false;
                }
                WalSegmentPayload segment = emitted == requested.get() ? null : poll();
                if (segment == null) {
                    if (finished() && end()) {
                        to.onComplete();
                    }
                    return false;
                }
                if (!closed.get()) {
                    emitted++;
                    onNext(to, segment);
                }
            }
        } catch (Throwable e) {
            fail(e);
            Exceptions.throwIfJvmFatal(e);
        }
        return true;
    }

    /** A subscriber that throws breaks rule 2.13: it is taken as cancelled, and nothing stays behind. */
    private void onNext(CoreSubscriber<? super WalSegmentPayload> to, WalSegmentPayload segment) {
        try {
            to.onNext(segment);
        } catch (Throwable e) {
            end();
            throw e;
        }
    }

    private void fail(Throwable error) {
        CoreSubscriber<? super WalSegmentPayload> to = subscriber;
        if (end() && to != null) {
            to.onError(error);
        } else {
            Operators.onErrorDropped(error, to == null ? Context.empty() : to.currentContext());
        }
    }

    private boolean end() {
        boolean first = closed.compareAndSet(false, true);
        if (first) {
            close();
        }
        return first;
    }
}
