package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import reactor.core.publisher.Flux;

/**
 * One follower's connection to a {@link FakeLeader}. It has a leader of its own behind it, which retains for this follower alone, and is
 * gone with the connection: whoever comes again is sent everything anew from where it stands.
 */
final class FakeConnection {

    /** The connection was cut: the follower will come again. */
    static final class CutException extends RuntimeException {

        private static final long serialVersionUID = 1;

        CutException() {
            super("the connection to the fake leader was cut", null, false, false);
        }
    }

    private final InProcessLeader leader;
    private final Transport follower;
    private volatile boolean cut;

    FakeConnection(long windowBytesPerLog) {
        leader = InProcessLeader.builder().windowBytesPerLog(windowBytesPerLog).build();
        follower = leader.follower();
    }

    /** What the follower tells goes here. */
    Transport follower() {
        return follower;
    }

    /** Ends with {@link CutException} if the connection is cut. */
    Flux<WalSegmentPayload> segments(Positions positions) {
        return follower.segments(positions)
                .concatWith(Flux.defer(() -> cut ? Flux.error(new CutException()) : Flux.empty()));
    }

    /** In the order of calls; waits, without holding anybody up, until the follower's window has room. */
    void send(WalSegmentPayload segment) {
        leader.send(segment).onErrorComplete().subscribe();
    }

    void end() {
        leader.complete();
    }

    void cut() {
        cut = true;
        leader.close();
    }

    void close() {
        leader.close();
    }
}
