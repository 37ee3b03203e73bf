package io.walreceiver.transport.netty.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sits behind the codec and closes a connection
 *
 * <ul>
 *   <li>on which no whole request head has come for so long, counted from its beginning or from the last answer: a peer that drips a
 *       byte now and then, which no idle timeout notices, is closed too;
 *   <li>that brings a request before the last one was answered: the network library would keep it, body and all, without bound.
 * </ul>
 */
final class RequestGuard extends ChannelDuplexHandler {

    private final Duration patience;
    private @Nullable Future<?> deadline;
    private boolean informational;
    private boolean answering;
    private boolean closing;

    RequestGuard(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        start(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            closing |= answering;
            answering = true;
            stop();
        }
        if (closing) {
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (message instanceof LastHttpContent && !informational) {
            answering = false;
            start(context);
        }
        context.write(message, promise);
    }

    private void start(ChannelHandlerContext context) {
        stop();
        deadline = context.executor().schedule(() -> context.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
