package io.walreceiver.transport.netty.http;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/** A follower without a receiver: a transport on a server, and what the test says of its positions. */
final class PushedTo implements AutoCloseable, Positions {

    static final LogId LOG = new LogId(1, 3);

    final HttpPushTransport transport;
    final HttpListener server;
    final Map<LogId, Long> positions = new ConcurrentHashMap<>();
    final Map<LogId, LogTrouble> troubles = new ConcurrentHashMap<>();
    final Map<LogId, LeaderEpoch> epochs = new ConcurrentHashMap<>();
    final List<WalSegmentPayload> received = new CopyOnWriteArrayList<>();
    volatile boolean complete;
    /** What an epoch waits for before it is on record. */
    volatile Mono<Void> adoption = Mono.empty();

    BaseSubscriber<WalSegmentPayload> subscriber = new Subscriber();

    private final class Subscriber extends BaseSubscriber<WalSegmentPayload> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // asks for nothing by itself
        }

        @Override
        protected void hookOnNext(WalSegmentPayload segment) {
            received.add(segment);
        }

        @Override
        protected void hookOnComplete() {
            complete = true;
        }
    }

    PushedTo(HttpPushTransport transport) {
        this.transport = transport;
        this.server = HttpListener.start(transport, "127.0.0.1", 0).block(Duration.ofMinutes(1));
    }

    PushedTo() {
        this(HttpPushTransport.create());
    }

    PushedTo subscribe(long demand) {
        subscriber = new Subscriber();
        transport.segments(this).subscribe(subscriber);
        subscriber.request(demand);
        return this;
    }

    RawHttp connect() {
        return new RawHttp(server.address());
    }

    /** Sends one segment on a connection of its own, and waits for the answer. */
    RawHttp.Response push(WalSegmentPayload segment, String... headers) {
        try (RawHttp http = connect()) {
            return http.put(path(segment), segment.bytes().length, headers)
                    .send(segment.bytes())
                    .response();
        }
    }

    static String path(WalSegmentPayload segment) {
        return "/v1/segments/" + segment.log().region() + "/" + segment.log().shard() + "/"
                + segment.id().seqno();
    }

    static WalSegmentPayload segment(LogId log, long first, int events) {
        SegmentEncoder encoder = new SegmentEncoder(log, 2, BatchHasher.bouncyCastle());
        encoder.beginBatch(first, 1_767_225_600_000_000_000L + first);
        for (long seq = first; seq < first + events; seq++) {
            encoder.event(seq % 7, (int) (seq % 4), seq % 11, 1_767_225_600_000_000_000L + seq);
        }
        encoder.endBatch();
        return encoder.finish();
    }

    static WalSegmentPayload segment(long first, int events) {
        return segment(LOG, first, events);
    }

    @Override
    public Map<LogId, Long> read() {
        return Map.copyOf(positions);
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return Optional.ofNullable(troubles.get(log));
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.ofNullable(epochs.get(log));
    }

    @Override
    public Mono<Void> adopt(LogId log, LeaderEpoch epoch) {
        return adoption.then(Mono.fromRunnable(() -> epochs.put(log, epoch)));
    }

    @Override
    public void close() {
        subscriber.cancel();
        server.stop(Duration.ofSeconds(5)).block(Duration.ofMinutes(1));
    }
}
