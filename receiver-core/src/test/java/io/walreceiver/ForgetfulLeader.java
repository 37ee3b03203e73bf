package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/**
 * A leader that followers come back to after a restart. It has forgotten what was acknowledged: a follower that needs any of it has
 * lost what it had said to be durable.
 */
class ForgetfulLeader extends SimulatedLeader {

    /** How often something was asked for that had been acknowledged. */
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
                checkRemembered(log, position + 1);
                startAfter(log, position);
            }
            return super.segments(positions);
        });
    }

    @Override
    public void request(LogId id, long from) {
        checkRemembered(id, from);
        super.request(id, from);
    }

    private void checkRemembered(LogId log, long from) {
        if (from <= acknowledged(log)) {
            askedForForgotten.incrementAndGet();
        }
    }
}
