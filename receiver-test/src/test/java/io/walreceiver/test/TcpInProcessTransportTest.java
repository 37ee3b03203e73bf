package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.util.List;
import reactor.core.publisher.Flux;

class TcpInProcessTransportTest extends TcpTransportTest {

    @Override
    Leader leader(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(windowBytesPerLog).build();
        Flux.fromIterable(written)
                .flatMap(leader::send, Integer.MAX_VALUE)
                .onErrorComplete()
                .subscribe();
        if (ended) {
            leader.complete();
        }
        // Those whose connection is over stay, and acknowledge nothing, so that everything stays for those that come
        // later.
        return new Leader(new SimplePublication(written, terms -> leader.follower()), leader::complete, leader::close);
    }
}
