package io.walreceiver.test;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** A follower's side of a {@link FakeLeader}, in the same process; its flux fails when the connection is cut. */
final class FakeFollower implements Transport {

    private final FakeLeader leader;
    private final FollowerTerms terms;
    private final AtomicReference<@Nullable FakeConnection> current = new AtomicReference<>();
    /** The last one of each log: it grows old while there is no connection. */
    private final Map<LogId, Heartbeat> heartbeats = new ConcurrentHashMap<>();

    FakeFollower(FakeLeader leader, FollowerTerms terms) {
        this.leader = leader;
        this.terms = terms;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.defer(() -> {
            FakeConnection connection = leader.connect(terms.windowBytesPerLog());
            if (!current.compareAndSet(null, connection)) {
                leader.gone(connection);
                return Flux.error(new IllegalStateException(
                        "fake leader: this transport has a subscriber; call transport() again for a second one"));
            }
            return connection
                    .segments(positions)
                    .filter(segment -> terms.wanted().test(segment.log()))
                    // Before whoever subscribed hears of the end, and may come again.
                    .doOnTerminate(() -> over(connection))
                    .doOnCancel(() -> over(connection));
        });
    }

    private void over(FakeConnection connection) {
        current.compareAndSet(connection, null);
        leader.gone(connection);
    }

    @Override
    public void acknowledge(LogId log, long through) {
        leader.acknowledged(log, through);
        tell(follower -> follower.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        if (!leader.asked(log, from)) { // else it has just been sent, alone
            tell(follower -> follower.request(log, from));
        }
    }

    @Override
    public void hold(LogId log, long from) {
        tell(follower -> follower.hold(log, from));
    }

    private void tell(Consumer<Transport> news) {
        FakeConnection connection = current.get();
        if (connection != null) {
            news.accept(connection.follower());
        }
    }

    @Override
    public boolean canSendAgain() {
        return true;
    }

    @Override
    public OptionalLong head(LogId log) {
        return heartbeat(log).map(beat -> OptionalLong.of(beat.head())).orElse(OptionalLong.empty());
    }

    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        OptionalLong head = leader.head(log);
        if (current.get() != null && head.isPresent()) {
            heartbeats.put(log, new Heartbeat(head.getAsLong(), leader.clockNanos(), System.nanoTime()));
        }
        return Optional.ofNullable(heartbeats.get(log));
    }
}
