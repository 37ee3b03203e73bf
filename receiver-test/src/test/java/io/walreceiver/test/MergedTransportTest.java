package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.util.List;
import reactor.core.publisher.Flux;

/** Two leaders as one: logs are shared out among them. */
class MergedTransportTest implements TransportContract {

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        InProcessLeader one = leader(written, 0, windowBytesPerLog);
        InProcessLeader other = leader(written, 1, windowBytesPerLog);
        if (ended) {
            one.complete();
            other.complete();
        }
        return Source.of(
                Transport.merge(List.of(one.follower(), other.follower())),
                () -> {
                    one.complete();
                    other.complete();
                },
                () -> {
                    one.close();
                    other.close();
                });
    }

    private static InProcessLeader leader(List<WalSegmentPayload> written, int parity, long windowBytesPerLog) {
        InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(windowBytesPerLog).build();
        Flux.fromIterable(written)
                .filter(segment -> segment.log().shard() % 2 == parity)
                .flatMap(leader::send, Integer.MAX_VALUE)
                .onErrorComplete()
                .subscribe();
        return leader;
    }
}
