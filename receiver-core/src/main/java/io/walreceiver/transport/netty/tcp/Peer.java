package io.walreceiver.transport.netty.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.walreceiver.transport.netty.security.TlsSetup;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection: cuts what comes into frames, and watches whether bytes move. A plain Netty handler, since both ends have to
 * decide by themselves when they read and write: frames are dealt with one by one as they are cut, data go from the read buffer
 * into their segment, and a heartbeat is written while a segment waits for room.
 *
 * <p>Belongs to its channel's event loop.
 */
abstract class Peer extends ByteToMessageDecoder {

    private static final int LINGER_SECONDS = 2;

    private final int maxFrameBytes;
    private final ChannelFutureListener written = this::written;
    private @Nullable ChannelHandlerContext context;
    private long pendingWrites;
    private long finishedWrites;
    private long progressSeen;
    private long stalledTicks;
    private long silentTicks;
    private boolean over;

    /**
     * @param maxFrameBytes most that the length field of a frame may say
     */
    Peer(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /** The connection is there. With TLS, what is written waits for the handshake. */
    abstract void opened();

    /** A frame came. What it throws as a {@link ProtocolException} ends the connection. */
    abstract void frame(Frame frame);

    /** The channel takes bytes again, or what came is dealt with for now. */
    abstract void canWrite();

    /** The connection is over; called once. */
    abstract void over(Drop drop, String reason);

    final boolean isOver() {
        return over;
    }

    final boolean isOpen() {
        return context != null && !over;
    }

    final boolean isWritable() {
        return isOpen() && channel().isWritable();
    }

    final Channel channel() {
        ChannelHandlerContext opened = context;
        if (opened == null) {
            throw new IllegalStateException("the connection is not open yet");
        }
        return opened.channel();
    }

    /** Writes a frame, to go with the next {@link #flush}. */
    final void write(Frame frame) {
        if (isOpen()) {
            write(FrameEncoder.encode(channel().alloc(), frame));
        }
    }

    /** The same; tells when it has gone, or cannot go any more. */
    final void write(Frame frame, Runnable gone) {
        ChannelHandlerContext opened = context;
        if (opened == null || over) {
            gone.run();
            return;
        }
        pendingWrites++;
        opened.write(FrameEncoder.encode(opened.alloc(), frame))
                .addListener(written)
                .addListener(done -> gone.run());
    }

    /** Writes a chunk of a segment, whose bytes must not change any more. */
    final void writeChunk(int stream, byte[] bytes, int offset, int length) {
        if (isOpen()) {
            write(FrameEncoder.chunk(channel().alloc(), stream, bytes, offset, length));
        }
    }

    /** Writes bytes; they are released, whatever becomes of the connection. */
    private void write(ByteBuf bytes) {
        ChannelHandlerContext opened = context;
        if (opened == null || over) {
            bytes.release();
            return;
        }
        pendingWrites++;
        opened.write(bytes).addListener(written);
    }

    final void flush() {
        ChannelHandlerContext opened = context;
        if (opened != null && !over) {
            opened.flush();
        }
    }

    /** Ends the connection. */
    final void drop(Drop drop, String reason) {
        if (!over) {
            over = true;
            ChannelHandlerContext opened = context;
            if (opened != null) {
                opened.close();
            }
            over(drop, reason);
        }
    }

    /**
     * Says good-bye and ends the connection: when the peer has, or a little later. Closing at once with bytes unread would reset the
     * connection, and the good-bye might never be read.
     */
    final void dropAfter(Frame.Bye bye, Drop drop) {
        ChannelHandlerContext opened = context;
        if (opened == null || over) {
            drop(drop, bye.text());
            return;
        }
        over = true;
        opened.writeAndFlush(FrameEncoder.encode(opened.alloc(), bye));
        opened.executor().schedule(() -> opened.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        over(drop, bye.text());
    }

    /** How many ticks no whole frame has come: bytes alone are no sign of life, or a length that lies is waited for with all that follows. */
    final long silentTicks() {
        return silentTicks;
    }

    /** How many ticks nothing has gone, though there was something to send. */
    final long stalledTicks() {
        return stalledTicks;
    }

    /** Time passes. */
    final void countTick() {
        silentTicks++;
        if (isOpen()) {
            ChannelOutboundBuffer buffer = channel().unsafe().outboundBuffer();
            long progress = finishedWrites + (buffer == null ? 0 : buffer.currentProgress());
            stalledTicks = pendingWrites == 0 || progress != progressSeen ? 0 : stalledTicks + 1;
            progressSeen = progress;
        }
    }

    private void written(ChannelFuture future) {
        pendingWrites--;
        finishedWrites +=
                1L << 24; // more than the bytes of any one write, so that the sum with its progress only grows
        if (!future.isSuccess()) {
            drop(Drop.LOST, reason(future.cause()));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            activate(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        activate(ctx);
        super.channelActive(ctx);
    }

    private void activate(ChannelHandlerContext ctx) {
        if (context == null) {
            context = ctx;
            opened();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < FrameEncoder.LENGTH_BYTES) {
            return;
        }
        long length = in.getUnsignedIntLE(in.readerIndex());
        if (length < FrameEncoder.HEADER_BYTES - FrameEncoder.LENGTH_BYTES || length > maxFrameBytes) {
            violated("frame length at offset 0: expected 5.." + maxFrameBytes + " bytes, found " + length);
            return;
        }
        int total = FrameEncoder.LENGTH_BYTES + (int) length;
        if (in.readableBytes() < total) {
            return;
        }
        silentTicks = 0;
        ByteBuf bytes = in.readSlice(total);
        try {
            frame(FrameDecoder.decode(bytes));
        } catch (ProtocolException e) {
            violated(String.valueOf(e.getMessage()));
        }
    }

    private void violated(String reason) {
        drop(Drop.PROTOCOL, reason);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        canWrite();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        if (ctx.channel().isWritable()) {
            canWrite();
        }
        super.channelWritabilityChanged(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        drop(Drop.LOST, "the peer closed the connection");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            dropTls(tls.cause());
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() instanceof SSLException refused) {
            // With TLS 1.3 a client is through before the server has looked at its certificate.
            dropTls(refused);
            return;
        }
        drop(cause instanceof IOException ? Drop.LOST : Drop.FAILED, reason(cause));
    }

    private void dropTls(Throwable refused) {
        drop(
                Drop.TLS,
                "TLS: " + TlsSetup.reason(refused)
                        + "; next step: see that each side has a certificate, and trusts the CA of the other's");
    }

    private static String reason(@Nullable Throwable cause) {
        return PeerText.clean(String.valueOf(cause));
    }
}
