package io.walreceiver.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of a server's live streams, from a process of their own: some that take what comes, some that take next to nothing. Tells once
 * a second how many there are and what they got.
 *
 * <pre>
 * java -cp receiver-bench/target/benchmarks.jar io.walreceiver.bench.LiveClients PORT READING SLOW SECONDS
 * </pre>
 */
final class LiveClients {

    private static final String REQUEST =
            "GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n\r\n";
    private static final int SLOW_WINDOW_BYTES = 4096;
    private static final int CONNECTS_PER_ROUND = 200;

    private final AtomicLong open = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    private LiveClients() {}

    /**
     * Runs.
     *
     * @param args port on loopback, clients that read, clients that do not, seconds
     */
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 4) {
            System.err.println("arguments: PORT READING SLOW SECONDS");
            System.exit(2);
        }
        new LiveClients()
                .run(
                        Integer.parseInt(args[0]),
                        Integer.parseInt(args[1]),
                        Integer.parseInt(args[2]),
                        Integer.parseInt(args[3]));
    }

    private void run(int port, int reading, int slow, int seconds) throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            for (int i = 0; i < reading + slow; i++) {
                connect(group, port, i >= reading).sync();
                if (i % CONNECTS_PER_ROUND == 0) {
                    System.out.println(this);
                }
            }
            for (int second = 0; second < seconds; second++) {
                TimeUnit.SECONDS.sleep(1);
                System.out.println(this);
            }
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private ChannelFuture connect(EventLoopGroup group, int port, boolean slow) {
        Bootstrap bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class);
        if (slow) {
            bootstrap.option(ChannelOption.SO_RCVBUF, SLOW_WINDOW_BYTES);
        }
        return bootstrap
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new Client(port, slow));
                    }
                })
                .connect("127.0.0.1", port);
    }

    @Override
    public String toString() {
        return open + " open, " + accepted + " accepted, " + refused + " refused, " + bytes + " bytes";
    }

    /** One that is slow reads the head of the answer, and then no more. */
    private final class Client extends ChannelInboundHandlerAdapter {

        private final int port;
        private final boolean slow;
        private boolean answered;

        Client(int port, boolean slow) {
            this.port = port;
            this.slow = slow;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            open.incrementAndGet();
            context.writeAndFlush(Unpooled.copiedBuffer(String.format(REQUEST, port), StandardCharsets.US_ASCII));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf buffer = (ByteBuf) message;
            try {
                if (!answered) {
                    answered = true;
                    boolean ok = buffer.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200");
                    (ok ? accepted : refused).incrementAndGet();
                    context.channel().config().setAutoRead(!slow);
                }
                bytes.addAndGet(buffer.readableBytes());
            } finally {
                buffer.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open.decrementAndGet();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
