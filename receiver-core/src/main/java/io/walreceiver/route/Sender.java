package io.walreceiver.route;

import io.walreceiver.format.LogId;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.Transport;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;

/** What is said to the sender. All of it may be lost, so a transport that throws loses a message and stops nothing. */
public final class Sender {

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Transport transport;
    private final boolean canSendAgain;
    private final AtomicBoolean decidedFailed = new AtomicBoolean();

    public Sender(Transport transport) {
        this.transport = transport;
        this.canSendAgain = transport.canSendAgain();
    }

    /** See {@link Transport#acknowledge}. */
    public void acknowledge(LogId log, long through) {
        say("acknowledge", log, through, transport::acknowledge);
    }

    /** See {@link Transport#decided}. */
    public void decided(SegmentOutcome outcome) {
        try {
            transport.decided(outcome);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            if (!decidedFailed.getAndSet(true)) { // once: it may fail for each segment
                LOG.warn(
                        "log {}: the transport failed when it was told {}",
                        outcome.segment().log(),
                        outcome,
                        e);
            }
        }
    }

    boolean canSendAgain() {
        return canSendAgain;
    }

    void request(LogId log, long from) {
        say("request", log, from, transport::request);
    }

    void hold(LogId log, long from) {
        say("hold", log, from, transport::hold);
    }

    private interface Message {
        void send(LogId log, long position);
    }

    private static void say(String what, LogId log, long position, Message message) {
        try {
            message.send(log, position);
        } catch (Throwable e) {
            Exceptions.throwIfJvmFatal(e);
            LOG.warn("log {}: the transport failed to {} at {}; it will be repeated as needed", log, what, position, e);
        }
    }
}
