package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.util.List;
import reactor.core.publisher.Flux;

class InProcessTransportTest implements FlowControlContract {

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(windowBytesPerLog).build();
        Flux.fromIterable(written)
                .flatMap(leader::send, Integer.MAX_VALUE)
                .onErrorComplete()
                .subscribe();
        if (ended) {
            leader.complete();
        }
        return Source.of(leader.follower(), leader::complete, leader::close);
    }
}
