package io.walreceiver.transport.netty.http;

import io.walreceiver.transport.netty.security.LimitedLog;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/** Counts what is answered with a problem, by its type; and tells of those that no sender meets with in the course of things. */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(HttpPushTransport.class);
    /** A segment out of turn, no room, a follower that starts or stops. */
    private static final Set<Integer> ROUTINE = Set.of(429, 503);

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final LimitedLog warnings;

    Refusals(Scheduler timer) {
        this.warnings = new LimitedLog(LOG, timer);
    }

    /**
     * Counts an answer.
     *
     * @param what the request and who made it, printable
     */
    void count(String what, Answer answer) {
        if (!answer.isProblem()) {
            return;
        }
        counts.computeIfAbsent(answer.type(), type -> new LongAdder()).increment();
        if (ROUTINE.contains(answer.status()) || answer.isProblem("gap")) {
            LOG.debug("{}: {} {}", what, answer.status(), answer.detail());
        } else {
            warnings.warn(what + ": " + answer.status() + " " + answer.detail());
        }
    }

    /** How many there were of each type. */
    Map<String, Long> counts() {
        Map<String, Long> snapshot = new TreeMap<>();
        counts.forEach((type, count) -> snapshot.put(type, count.sum()));
        return snapshot;
    }
}
