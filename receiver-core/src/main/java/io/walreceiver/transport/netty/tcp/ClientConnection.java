package io.walreceiver.transport.netty.tcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The follower's end of one connection: greets, says where each log stands, takes what is in order, and passes on what is told. */
final class ClientConnection extends Peer {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TcpSubscription subscription;
    private final TcpTransport transport;
    private final TcpTransport.Builder options;
    private int ticks;
    private boolean welcome;
    private boolean listed;
    private boolean begun;
    private int adopting;

    ClientConnection(TcpSubscription subscription, TcpTransport transport) {
        super(FrameEncoder.MAX_FRAME_BYTES);
        this.subscription = subscription;
        this.transport = transport;
        this.options = transport.options();
    }

    // ---- the connection

    /** Names are looked up beside the event loop, as that may take its time. */
    void connect(EventLoop loop) {
        Mono.fromCallable(() -> InetAddress.getByName(options.host))
                .subscribeOn(Schedulers.boundedElastic())
                .subscribe(
                        address -> subscription.onLoop(() -> connect(loop, address)),
                        e -> subscription.onLoop(() -> drop(
                                Drop.UNREACHABLE,
                                e instanceof UnknownHostException ? "the name is not known" : String.valueOf(e))));
    }

    private void connect(EventLoop loop, InetAddress address) {
        if (isOver() || subscription.isClosed()) {
            return;
        }
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(Integer.MAX_VALUE, options.handshakeTimeout.toMillis()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        SslContext tls = options.security.tls();
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), options.host, options.port));
                        }
                        channel.pipeline().addLast(ClientConnection.this);
                    }
                })
                .connect(new InetSocketAddress(address, options.port))
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        drop(Drop.UNREACHABLE, String.valueOf(connected.cause().getMessage()));
                    } else if (isOver() || subscription.isClosed()) {
                        connected.channel().close();
                    }
                });
    }

    @Override
    void opened() {
        try {
            write(new Frame.Hello(
                    FrameEncoder.VERSION,
                    options.node,
                    options.security.token(),
                    options.windowBytesPerLog,
                    options.maxSegmentBytes,
                    options.bufferBytes()));
            subscription
                    .resume()
                    .forEach((log, position) -> write(new Frame.Resume(
                            log,
                            position,
                            subscription.positions().epoch(log).orElse(null),
                            subscription.positions().lastBatch(log).orElse(null))));
            write(new Frame.Start(subscription.onlyAgain()));
            flush();
        } catch (RuntimeException e) {
            subscription.fail(e);
            drop(Drop.STOPPED, "positions cannot be read");
        }
    }

    @Override
    void canWrite() {
        tell();
    }

    @Override
    void over(Drop drop, String reason) {
        subscription.lost(this, drop, reason);
    }

    void tick() {
        countTick();
        ticks++;
        if (!welcome && ticks > transport.ticks(options.handshakeTimeout)) {
            drop(Drop.HANDSHAKE, "no greeting within " + options.handshakeTimeout);
        } else if (silentTicks() > transport.ticks(options.idleTimeout)) {
            drop(Drop.IDLE, "no whole frame came for " + options.idleTimeout);
        } else if (isWritable()) {
            begin(ticks > transport.ticks(options.handshakeTimeout)); // who does not get on holds up nobody else
            if (ticks % Math.max(1, transport.ticks(options.idleTimeout) / 3) == 0) {
                write(new Frame.Ping());
                flush();
            }
        }
    }

    // ---- what is told

    /** Tells what there is to tell, as far as the channel takes it; the rest stays with its log. */
    void tell() {
        if (!begun || !isOpen()) {
            return;
        }
        boolean any = false;
        for (Iterator<ClientLog> due = subscription.due().iterator(); isWritable() && due.hasNext(); ) {
            any |= tell(due.next());
            due.remove();
        }
        long consumed = subscription.buffer().credit().report();
        if (consumed >= 0) {
            write(new Frame.Consumed(consumed));
            any = true;
        }
        if (any) {
            flush();
        }
    }

    private boolean tell(ClientLog log) {
        boolean any = log.acknowledgeDue || log.holdDue > 0 || log.requestDue;
        if (log.acknowledgeDue) {
            log.acknowledgeDue = false;
            write(new Frame.Acknowledge(log.id, log.acknowledged));
        }
        if (log.holdDue > 0) {
            write(new Frame.Hold(log.id, log.holdDue));
            log.holdDue = 0;
        }
        if (log.requestDue) {
            log.requestDue = false;
            write(new Frame.Request(log.id, log.requestedFrom, log.requests));
        }
        return any;
    }

    // ---- what comes

    @Override
    void frame(Frame frame) {
        if (frame instanceof Frame.Chunk chunk) {
            arrived(subscription.buffer().chunk(chunk));
        } else if (frame instanceof Frame.Segment segment) {
            segment(segment);
        } else if (frame instanceof Frame.Head head) {
            subscription.alive();
            transport.heard(head);
        } else if (frame instanceof Frame.Log log) {
            log(log);
        } else if (frame instanceof Frame.Skip skip) {
            subscription.learnSkip(subscription.log(skip.log()), skip.skip());
        } else if (frame instanceof Frame.Welcome) {
            welcome = true;
            transport.connected();
        } else if (frame instanceof Frame.Done) {
            listed = true;
            begin(false);
        } else if (frame instanceof Frame.Bye bye) {
            bye(bye);
        } else if (frame instanceof Frame.Ping) {
            subscription.alive();
        } else {
            throw new ProtocolException("frame " + frame.getClass().getSimpleName()
                    + ": expected one that a publisher sends to a follower");
        }
    }

    private void segment(Frame.Segment segment) {
        if (!begun) {
            throw new ProtocolException("frame SEGMENT of log " + segment.log() + ": expected none before BEGIN");
        }
        arrived(subscription
                .buffer()
                .begin(segment, subscription.log(segment.log()).begins(segment)));
    }

    private void arrived(@Nullable WalSegmentPayload segment) {
        if (segment != null) {
            subscription.arrived(subscription.log(segment.log()), segment);
        }
    }

    private void bye(Frame.Bye bye) {
        switch (bye.farewell()) {
            case END -> {
                subscription.end();
                drop(Drop.BYE, "the logs have ended");
            }
            case RESTART -> drop(Drop.BYE, "the publisher will be back: " + bye.text());
            case REFUSED -> drop(Drop.REFUSED, bye.text());
        }
    }

    private void log(Frame.Log told) {
        ClientLog log = subscription.log(told.log());
        transport.head(told.log(), told.head());
        LogTrouble trouble =
                Fencing.judge(told, log.position, subscription.positions().epoch(told.log()), transport.source());
        transport.trouble(told.log(), trouble);
        if (trouble == null) {
            transport.epoch(told.log(), told.epoch());
            if (subscription.wants(log)) {
                adopt(told.log(), told.epoch());
            }
        }
    }

    /** Nothing of a log is asked for before its leader's epoch is on record. */
    private void adopt(LogId log, @Nullable LeaderEpoch epoch) {
        if (epoch == null) {
            take(log);
            return;
        }
        adopting++;
        Positions positions = subscription.positions();
        if (positions.epoch(log).filter(one -> one.number() >= epoch.number()).isEmpty()) {
            subscription.buffer().discard(log); // all of a new reign comes after it is on record
        }
        positions
                .adopt(log, epoch)
                .subscribe(
                        nothing -> {},
                        e -> subscription.onLoop(() -> notAdopted(log, epoch, e)),
                        () -> subscription.onLoop(() -> {
                            adopting--;
                            take(log);
                            begin(false);
                        }));
    }

    private void notAdopted(LogId log, LeaderEpoch epoch, Throwable e) {
        adopting--;
        if (e instanceof DivergedException diverged) {
            transport.trouble(log, Fencing.beganBelow(log, epoch, diverged.received(), transport.source()));
            begin(false);
            return;
        }
        transport.trouble(
                log,
                new LogTrouble(
                        LogState.IO_FAILED,
                        "log " + log + ": " + epoch + " cannot be put on record: " + e + "; it is tried again"));
        begin(false);
        subscription.later(RETRY_NANOS, () -> {
            if (isOpen()) {
                transport.trouble(log, null);
                adopt(log, epoch);
            }
        });
    }

    private void take(LogId log) {
        write(new Frame.Take(log));
        ClientLog taken = subscription.log(log);
        taken.holdDue = taken.heldFrom; // one that came later would not have been listened to before
        subscription.due().add(taken);
        flush();
    }

    private void begin(boolean anyway) {
        if (listed && !begun && (adopting == 0 || anyway)) {
            begun = true;
            write(new Frame.Begin());
            flush();
            tell();
        }
    }
}
