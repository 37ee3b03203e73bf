package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import java.util.List;

class TcpFakeLeaderTransportTest extends TcpTransportTest {

    @Override
    Leader leader(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        FakeLeader leader = FakeLeader.create();
        leader.append(written);
        if (ended) {
            leader.end();
        }
        return new Leader(new FakePublication(leader), leader::end, leader::close);
    }
}
