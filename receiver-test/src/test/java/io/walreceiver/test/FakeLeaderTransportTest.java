package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.publication.FollowerTerms;
import java.util.List;

/** A fake leader's followers in process keep the contract that real transports keep. */
class FakeLeaderTransportTest implements FlowControlContract {

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        FakeLeader leader = FakeLeader.create();
        leader.append(written);
        if (ended) {
            leader.end();
        }
        return Source.of(
                new FakeFollower(leader, new FollowerTerms(windowBytesPerLog, Integer.MAX_VALUE, log -> true)),
                leader::end,
                leader::close);
    }
}
