package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/**
 * A leader that followers come back to after a restart. It has forgotten what was acknowledged: a follower that needs any of it has
 * lost what it had said to be durable, and waits in vain.
 */
class ForgetfulLeader extends SimulatedLeader {

    /** How often a follower started from before what had been acknowledged. */
    final AtomicInteger askedForForgotten = new AtomicInteger();

    ForgetfulLeader(Manner manner, long windowBytes) {
        super(manner, windowBytes);
    }

    static ForgetfulLeader of(long events, int eventsPerSegment, LogId... logs) {
        ForgetfulLeader leader = new ForgetfulLeader(Manner.WINDOW, 100_000);
        for (LogId log : logs) {
            leader.log(log, events, eventsPerSegment);
        }
        return leader;
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.defer(() -> {
            Map<LogId, Long> read = positions.read();
            for (LogId log : logs()) {
                long position = read.getOrDefault(log, 0L);
                if (position < acknowledged(log)) {
                    askedForForgotten.incrementAndGet();
                }
                startAfter(log, Math.max(position, acknowledged(log)));
            }
            return super.segments(positions);
        });
    }

    @Override
    public void request(LogId id, long from) {
        super.request(id, Math.max(from, acknowledged(id) + 1));
    }
}
