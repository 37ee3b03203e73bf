package io.walreceiver.server.service;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.server.demo.DemoStory;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** Is told what the service does. Methods may be called from several threads, and must not throw. */
public interface ServiceEvents {

    /** Something listens now. */
    void listens(Listens what, Endpoint where);

    /** A leader inside replays real data. */
    void demo(DemoStory story, int pace);

    /** All that the leader inside has is written. */
    void demoIsThrough();

    /** A recovery has found what is not as it should be. */
    void finding(RecoveryFinding finding);

    /**
     * The receiver starts when this was called.
     *
     * @param bytesToRecover how much is read back first
     * @return is subscribed to, and completes when the receiver has ended
     */
    Mono<Void> follows(SegmentReceiver receiver, List<Transport> sources, long bytesToRecover);

    /** What became of a segment. Must not block. */
    void outcome(SegmentOutcome outcome);

    /** The end begins: no more is taken. */
    void stopping(Duration deadline);

    /**
     * A part of the end is done.
     *
     * @param what was done
     * @param failure why it was not; empty if it was
     */
    void closed(String what, Duration took, String failure);
}
