package io.walreceiver.transport.netty.security;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/** Tells why a handshake failed, and lets nothing of it through. Leaves when one succeeds. */
@Sharable
final class HandshakeRefusals extends ChannelInboundHandlerAdapter {

    static final String NAME = "walreceiver.handshakeRefusals";

    private final LimitedLog log =
            new LimitedLog(LoggerFactory.getLogger(HandshakeRefusals.class), Schedulers.immediate());

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            context.fireUserEventTriggered(event);
        } else if (handshake.isSuccess()) {
            context.pipeline().remove(this);
            context.fireUserEventTriggered(event);
        } else {
            log.warn("TLS handshake with " + context.channel().remoteAddress() + " failed: "
                    + reason(handshake.cause()));
            context.close();
        }
    }

    /** The handshake's end tells the same. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** What a log may say of it. */
    static String reason(Throwable failure) {
        if (caused(failure, NotSslRecordException.class) != null) {
            return "the peer does not speak TLS"; // the message quotes what it sent
        }
        if (caused(failure, CertificateExpiredException.class) != null) {
            return "the peer's certificate, or its CA's, has expired";
        }
        if (caused(failure, CertificateNotYetValidException.class) != null) {
            return "the peer's certificate, or its CA's, is not valid yet; are both clocks right?";
        }
        if (caused(failure, SslHandshakeTimeoutException.class) != null) {
            return "the peer did not complete it in time";
        }
        if (caused(failure, ClosedChannelException.class) != null) {
            return "the peer closed the connection";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return message.contains("Empty client certificate chain")
                ? "the peer showed no certificate (or holds it back, as its CA is not trusted here): " + message
                : PrintableText.of(message);
    }

    private static @Nullable Throwable caused(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return cause;
            }
        }
        return null;
    }
}
