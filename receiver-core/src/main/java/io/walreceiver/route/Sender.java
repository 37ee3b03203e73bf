package io.walreceiver.route;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;

/** What is said to the sender. All of it may be lost, so a transport that throws loses a message and stops nothing. */
public final class Sender {

    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    private final Transport transport;
    private final boolean canSendAgain;

    public Sender(Transport transport) {
        this.transport = transport;
        this.canSendAgain = transport.canSendAgain();
    }

    /** See {@link Transport#acknowledge}. */
    public void acknowledge(LogId log, long through) {
        say("acknowledge", log, through, transport::acknowledge);
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
