package io.walreceiver.transport.sender;

import io.walreceiver.format.LogId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What followers told, until the reading thread gets to it. Repetitions are merged, so that it does not grow while that thread
 * waits for a disk or a slow subscriber. Any thread may tell it something.
 */
public final class Mailbox {

    /** What was told of one log; for one thread, once it was taken. */
    public static final class Mail {

        private record Told(boolean hold, long from) {}

        private long acknowledged;
        private final Deque<Told> told = new ArrayDeque<>();

        private Mail() {}

        /** Tells a log all of it. */
        public void deliverTo(SendingLog<?> log) {
            log.acknowledge(acknowledged);
            for (Told each : told) {
                if (each.hold) {
                    log.hold(each.from);
                } else {
                    log.request(each.from);
                }
            }
        }

        /** The highest position acknowledged; 0 if none was. */
        public long acknowledged() {
            return acknowledged;
        }

        /** The lowest event asked for; the greatest number if none was. */
        public long lowestRequest() {
            return told.stream()
                    .filter(each -> !each.hold)
                    .mapToLong(Told::from)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }

        private void add(boolean hold, long from) {
            Told last = told.peekLast();
            if (last != null && last.hold == hold) {
                told.removeLast();
                told.add(new Told(hold, Math.min(last.from, from)));
            } else {
                told.add(new Told(hold, from));
            }
        }
    }

    private Map<LogId, Mail> mail = new LinkedHashMap<>();

    /** As {@link io.walreceiver.transport.Transport#acknowledge}. */
    public synchronized void acknowledge(LogId log, long through) {
        Mail to = of(log);
        to.acknowledged = Math.max(to.acknowledged, through);
    }

    /** As {@link io.walreceiver.transport.Transport#request}. */
    public synchronized void request(LogId log, long from) {
        of(log).add(false, from);
    }

    /** As {@link io.walreceiver.transport.Transport#hold}. */
    public synchronized void hold(LogId log, long from) {
        of(log).add(true, from);
    }

    /** Everything since it was called last. */
    public synchronized Map<LogId, Mail> take() {
        if (mail.isEmpty()) {
            return Map.of();
        }
        Map<LogId, Mail> taken = mail;
        mail = new LinkedHashMap<>();
        return taken;
    }

    private Mail of(LogId log) {
        return mail.computeIfAbsent(log, any -> new Mail());
    }
}
