package io.walreceiver.test;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.http.HttpShipper;
import io.walreceiver.transport.netty.http.SegmentRejectedException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The kit over loopback: behind each subscription a sender starts that goes by the positions which the follower tells it. A pushed
 * flux has no end of its own, so the sender's is taken for it.
 */
class HttpPushTransportTest implements TransportContract {

    private static final Duration SOON = Duration.ofMinutes(1);

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        HttpPushTransport transport = HttpPushTransport.create();
        HttpListener server = HttpListener.start(transport, "127.0.0.1", 0).block(SOON);
        HttpShipper shipper = HttpShipper.to(
                        URI.create("http://127.0.0.1:" + server.address().getPort()))
                .respondAsync(true)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
        Sinks.Empty<Void> end = Sinks.empty();
        if (ended) {
            end.tryEmitEmpty();
        }
        Mono<Void> sender = sendAll(shipper, written).then(end.asMono());
        return Source.of(new Pushed(transport, sender), end::tryEmitEmpty, () -> {
            transport.close();
            shipper.close();
            server.stop(Duration.ZERO).block(SOON);
        });
    }

    /** Sends everything after the follower's positions, and starts over when the follower wants it otherwise. */
    private static Mono<Void> sendAll(HttpShipper shipper, List<WalSegmentPayload> written) {
        Map<LogId, Long> heads = new HashMap<>();
        written.forEach(segment -> heads.put(segment.log(), segment.claimedLastSeq()));
        return shipper.positions()
                .flatMap(positions -> Flux.fromIterable(heads.entrySet())
                        .concatMap(head -> shipper.head(head.getKey(), head.getValue(), 0))
                        .thenMany(Flux.fromIterable(written))
                        .filter(segment -> segment.claimedLastSeq() > positions.getOrDefault(segment.log(), 0L))
                        .concatMap(shipper::send)
                        .then())
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(1))
                        .filter(SegmentRejectedException.class::isInstance));
    }

    private static final class Pushed extends ForwardingTransport {

        private final Mono<Void> sender;

        /** @param sender started by each subscription; completes when there is no more */
        Pushed(HttpPushTransport transport, Mono<Void> sender) {
            super(transport);
            this.sender = sender;
        }

        /** Whoever sends the same again, the sender of an earlier subscription say, does no harm: a receiver drops it. */
        @Override
        public Flux<WalSegmentPayload> segments(Positions positions) {
            return super.segments(positions).takeUntilOther(sender).distinct(WalSegmentPayload::id);
        }
    }
}
