package io.walreceiver.publication;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.sender.Mailbox;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Operators;

/** A data directory as one follower sees it. */
final class DataFollower implements Transport {

    private final DataPublication publication;
    private final FollowerTerms terms;
    private final AtomicReference<@Nullable DataSubscription> current = new AtomicReference<>();
    private final Map<LogId, LogTrouble> troubles = new ConcurrentHashMap<>();
    private final List<FluxSink<LogId>> listeners = new CopyOnWriteArrayList<>();

    DataFollower(DataPublication publication, FollowerTerms terms) {
        this.publication = publication;
        this.terms = terms;
    }

    DataPublication publication() {
        return publication;
    }

    FollowerTerms terms() {
        return terms;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super WalSegmentPayload> actual) {
                DataFollower.this.subscribe(positions, actual);
            }
        };
    }

    private void subscribe(Positions positions, CoreSubscriber<? super WalSegmentPayload> actual) {
        DataSubscription subscription = new DataSubscription(this, positions, publication.threads(), actual);
        if (current.compareAndSet(null, subscription)) {
            troubles.clear();
            publication.opened(subscription);
            subscription.start();
        } else {
            Operators.error(
                    actual,
                    new IllegalStateException(publication
                            + ": this follower has a subscriber; cancel that one first, or make another follower"));
        }
    }

    void ended(DataSubscription subscription) {
        publication.ended(subscription);
        current.compareAndSet(subscription, null);
    }

    @Override
    public void acknowledge(LogId log, long through) {
        tell(mailbox -> mailbox.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        tell(mailbox -> mailbox.request(log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        tell(mailbox -> mailbox.hold(log, from));
    }

    private void tell(Consumer<Mailbox> news) {
        DataSubscription subscription = current.get();
        if (subscription != null) {
            news.accept(subscription.mailbox());
            subscription.wake();
        }
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public OptionalLong head(LogId log) {
        return terms.wanted().test(log) ? publication.head(log) : OptionalLong.empty();
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return Optional.ofNullable(troubles.get(log));
    }

    /** Emits on a thread of the publication; what is not asked for yet waits. */
    @Override
    public Flux<LogId> changes() {
        return Flux.create(sink -> {
            listeners.add(sink);
            sink.onDispose(() -> listeners.remove(sink));
        });
    }

    /** Whether that is news. */
    boolean tell(LogId log, Optional<LogTrouble> trouble) {
        LogTrouble before = trouble.isPresent() ? troubles.put(log, trouble.get()) : troubles.remove(log);
        if (trouble.equals(Optional.ofNullable(before))) {
            return false;
        }
        listeners.forEach(listener -> listener.next(log));
        return true;
    }
}
