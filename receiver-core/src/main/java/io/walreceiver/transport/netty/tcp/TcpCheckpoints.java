package io.walreceiver.transport.netty.tcp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.netty.security.ClientSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Asks a {@link TcpPublisher} for checkpoints, for a follower that starts anew.
 *
 * <p>Each question has a connection and a thread of its own, which end with the answer. Nothing is tried again here: a fetch can be
 * taken up where it broke off. What was fetched is to be verified by whoever takes it.
 */
public final class TcpCheckpoints {

    /**
     * A checkpoint that a publisher has.
     *
     * @param log whose
     * @param name of the file; by the publisher's word, not to be used as a path unchecked
     * @param position last event that is in it
     * @param sizeBytes of the file
     */
    public record Entry(LogId log, String name, long position, long sizeBytes) {}

    /**
     * What a publisher has.
     *
     * @param marker the file that names schema and policy; empty if there are no checkpoints
     * @param entries the newest checkpoint of each log that may be read and has one
     */
    public record Catalogue(Optional<byte[]> marker, List<Entry> entries) {}

    private static final int MAX_ENTRIES = 1 << 16;

    private final String host;
    private final int port;
    private final ClientSecurity security;
    private final String node;
    private final Duration timeout;

    /**
     * Nothing is connected before a question is subscribed to.
     *
     * @param host the publisher's name or address
     * @param port its port
     * @param security how to show who this is, and to know the publisher
     * @param node what this follower calls itself
     * @param timeout how long the publisher may say nothing
     */
    public TcpCheckpoints(String host, int port, ClientSecurity security, String node, Duration timeout) {
        Options.check(port >= 1 && port <= 65_535, "port", "1..65535", port);
        Options.positive("timeout", timeout);
        this.host = host;
        this.port = port;
        this.security = security;
        this.node = node;
        this.timeout = timeout;
    }

    /**
     * What the publisher has.
     *
     * @return when subscribed to, asks; fails with an {@link IOException} that says why there is no answer.
     *     Cancelling closes the connection.
     */
    public Mono<Catalogue> list() {
        return ask(new Frame.ListCheckpoints()).map(answer -> {
            Optional<byte[]> marker = answer.stream()
                    .filter(Frame.Marker.class::isInstance)
                    .map(frame -> ((Frame.Marker) frame).bytes())
                    .findFirst();
            List<Entry> entries = answer.stream()
                    .filter(Frame.Checkpoint.class::isInstance)
                    .map(Frame.Checkpoint.class::cast)
                    .map(found -> new Entry(found.log(), found.name(), found.position(), found.sizeBytes()))
                    .toList();
            return new Catalogue(marker, entries);
        });
    }

    /**
     * A checkpoint file's bytes, in order.
     *
     * @param from the first byte that is wanted, 0 or more
     * @return asks for a piece of 4 MiB at a time, when what came before was taken; completes at the file's end; fails with an {@link
     *     IOException} if the connection broke, or the publisher does not have the file (any more). Cancelling closes the
     *     connection. The arrays are the subscriber's.
     */
    public Flux<byte[]> fetch(LogId log, String name, long from) {
        return piece(log, name, from)
                .expand(piece -> piece.more ? piece(log, name, piece.end) : Mono.empty())
                .concatMapIterable(piece -> piece.contents, 1);
    }

    private record Piece(List<byte[]> contents, long end, boolean more) {}

    private Mono<Piece> piece(LogId log, String name, long from) {
        return ask(new Frame.Fetch(log, name, from)).flatMap(answer -> {
            List<byte[]> contents = new ArrayList<>();
            long end = from;
            boolean more = false;
            for (Frame frame : answer) {
                if (frame instanceof Frame.Content content) {
                    contents.add(content.bytes());
                    end += content.bytes().length;
                } else if (frame instanceof Frame.Done done) {
                    more = done.more();
                }
            }
            return more && contents.isEmpty()
                    ? Mono.error(failure("checkpoint " + name + " ends at byte " + from + ", before its size says so"))
                    : Mono.just(new Piece(contents, end, more));
        });
    }

    private Mono<List<Frame>> ask(Frame question) {
        return Mono.<List<Frame>>create(sink -> {
                    EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                            1, new DefaultThreadFactory("receiver-tcp-checkpoints", true), NioIoHandler.newFactory());
                    sink.onDispose(() -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS));
                    Asker asker = new Asker(question, sink);
                    new Bootstrap()
                            .group(group)
                            .channel(NioSocketChannel.class)
                            .option(ChannelOption.TCP_NODELAY, true)
                            .handler(new ChannelInitializer<>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    SslContext tls = security.tls();
                                    if (tls != null) {
                                        channel.pipeline().addLast(tls.newHandler(channel.alloc(), host, port));
                                    }
                                    channel.pipeline().addLast(asker);
                                }
                            })
                            .connect(new InetSocketAddress(host, port))
                            .addListener((ChannelFuture connected) -> {
                                if (!connected.isSuccess()) {
                                    asker.drop(
                                            Drop.UNREACHABLE,
                                            String.valueOf(connected.cause().getMessage()));
                                }
                            });
                })
                .subscribeOn(Schedulers.boundedElastic()) // a name is looked up
                .timeout(timeout, Mono.error(() -> failure("no answer within " + timeout)));
    }

    private IOException failure(String reason) {
        return new IOException("checkpoints at " + host + ":" + port + ": " + reason);
    }

    /** One question and its answer. */
    private final class Asker extends Peer {

        private final Frame question;
        private final MonoSink<List<Frame>> sink;
        private final List<Frame> answer = new ArrayList<>();
        private long bytes;

        Asker(Frame question, MonoSink<List<Frame>> sink) {
            super(FrameEncoder.MAX_FRAME_BYTES);
            this.question = question;
            this.sink = sink;
        }

        @Override
        void opened() {
            write(new Frame.Hello(FrameEncoder.VERSION, node, security.token(), 1, 1, 1));
            write(question);
            flush();
        }

        @Override
        void frame(Frame frame) {
            if (frame instanceof Frame.Welcome || frame instanceof Frame.Ping) {
                return;
            }
            if (frame instanceof Frame.Bye bye) {
                drop(Drop.BYE, "the publisher left: " + bye.text());
                return;
            }
            answer.add(frame);
            bytes += frame instanceof Frame.Content content ? content.bytes().length : 0;
            if (answer.size() > MAX_ENTRIES + 2 || bytes > CheckpointServing.PIECE_BYTES) {
                throw new ProtocolException("an answer about checkpoints: expected at most " + MAX_ENTRIES
                        + " entries and " + CheckpointServing.PIECE_BYTES + " bytes, found more");
            }
            if (frame instanceof Frame.Done) {
                sink.success(answer);
            } else if (!(frame instanceof Frame.Marker
                    || frame instanceof Frame.Checkpoint
                    || frame instanceof Frame.Content)) {
                throw new ProtocolException(
                        "frame " + frame.getClass().getSimpleName() + ": not expected in an answer about checkpoints");
            }
        }

        @Override
        void canWrite() {}

        @Override
        void over(Drop drop, String reason) {
            sink.error(failure(reason)); // has no effect after the answer
        }
    }
}
