package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was told about logs until somebody gets to it: the state of each log, not a queue, so that it does not grow however much is
 * told. Any thread may tell; one takes.
 */
final class Mailbox {

    /** What was told about a log since it was taken last, to be dealt with in the order of the fields. 0 for what was not told. */
    static final class Mail {
        long acknowledged;
        long heldFrom;
        long requestedFrom;
        int requestNumber;
    }

    private Map<LogId, Mail> mail = new LinkedHashMap<>();

    synchronized void acknowledge(LogId log, long through) {
        Mail to = of(log);
        to.acknowledged = Math.max(to.acknowledged, through);
    }

    /** A request that was not dealt with yet is lost, as requests may be: what is let go of now will be asked for again. */
    synchronized void hold(LogId log, long from) {
        Mail to = of(log);
        long letGo = Math.max(1, from);
        to.heldFrom = to.heldFrom == 0 ? letGo : Math.min(to.heldFrom, letGo);
        to.requestedFrom = 0;
    }

    synchronized void request(LogId log, long from, int number) {
        Mail to = of(log);
        long wanted = Math.max(1, from);
        to.requestedFrom = to.requestedFrom == 0 ? wanted : Math.min(to.requestedFrom, wanted);
        to.requestNumber = number;
    }

    /** Everything since it was called last. */
    synchronized Map<LogId, Mail> take() {
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
