package io.walreceiver.transport.netty.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.netty.Connection;

/**
 * Keeps a body back until the server says that it wants it: the network library sends the expectation, but does not wait. One to a
 * connection; used on its event loop.
 */
final class ContinueGate extends ChannelInboundHandlerAdapter {

    private @Nullable MonoSink<Boolean> waiting;

    /**
     * Whether to send the body of the request whose head is sent on this connection now.
     *
     * @param patience after so long the body is sent anyway, as some servers never say that they want it
     * @return true if the body is wanted or the time is up; false if the request was answered without it
     */
    static Mono<Boolean> passes(Connection connection, Duration patience, Scheduler timer) {
        ContinueGate gate = connection.channel().pipeline().get(ContinueGate.class);
        return Mono.<Boolean>create(sink -> gate.waiting = sink).timeout(patience, Mono.just(true), timer);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        MonoSink<Boolean> to = waiting;
        if (to != null && message instanceof HttpResponse response) {
            waiting = null;
            to.success(HttpResponseStatus.CONTINUE.equals(response.status()));
        }
        context.fireChannelRead(message);
    }
}
