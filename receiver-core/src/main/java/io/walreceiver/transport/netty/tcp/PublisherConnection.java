package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.TlsSetup;
import io.walreceiver.transport.publication.FollowerTerms;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The publisher's end of one connection. Belongs to its event loop; what blocks is done by a worker, in order. */
final class PublisherConnection extends Peer implements Feed.Listener {

    /** A follower's frames are small, the greeting with its token and its names the largest. */
    private static final int MAX_FRAME_BYTES = 4096;

    private final PublisherServer server;
    private final TcpPublisher.Builder options;
    private final OfferedLogs logs;
    private Scheduler.@Nullable Worker worker;
    private volatile Frame.@Nullable Hello hello;
    private volatile @Nullable Identity identity;
    private @Nullable Verdicts verdicts;
    private @Nullable CheckpointServing checkpoints;
    private @Nullable Feed feed;
    private volatile @Nullable Outbox outbox;
    private int ticks;
    private boolean started;
    /** A segment was asked for and has not come; and nothing may be asked for before there is a subscription. */
    private boolean awaitsSegment = true;

    /** Heartbeats that were written and have not gone. */
    private int heads;

    private boolean completed;
    private boolean saidEnd;

    PublisherConnection(PublisherServer server) {
        super(MAX_FRAME_BYTES);
        this.server = server;
        this.options = server.options();
        this.logs = new OfferedLogs(this, server);
    }

    // ---- the connection

    @Override
    void opened() {
        String tooMany = server.opened(this);
        if (tooMany != null) {
            drop(Drop.TOO_MANY, tooMany);
        }
    }

    boolean isAuthenticated() {
        return identity != null;
    }

    String remote() {
        return String.valueOf(channel().remoteAddress());
    }

    @Override
    void over(Drop drop, String reason) {
        Feed fed = feed;
        if (fed != null) {
            fed.cancel();
        }
        Scheduler.Worker works = worker;
        if (works != null) {
            server.disposeAfter(works);
        }
        Outbox out = outbox;
        if (out != null) {
            out.clear();
        }
        logs.clear();
        server.over(this, saidEnd && drop == Drop.LOST ? Drop.BYE : drop, reason);
    }

    /** Who it is, for a line in the log. */
    String describe() {
        Frame.Hello greeted = hello;
        Identity known = identity;
        return remote()
                + (greeted == null ? "" : " (node " + greeted.node() + ")")
                + (known == null ? "" : " as " + known.name());
    }

    void tick() {
        countTick();
        ticks++;
        if (isOver()) {
            return;
        }
        if (identity == null) {
            if (ticks > server.ticks(options.handshakeTimeout)) {
                drop(Drop.HANDSHAKE, "no greeting within " + options.handshakeTimeout);
            }
        } else if (silentTicks() > server.ticks(options.idleTimeout)) {
            drop(Drop.IDLE, "no whole frame came for " + options.idleTimeout);
        } else if (stalledTicks() > server.ticks(options.writeStallTimeout)) {
            drop(Drop.STALLED, "it took nothing for " + options.writeStallTimeout);
        } else if (ticks % server.ticks(options.heartbeatInterval) == 0 && !saidEnd) {
            heartbeat();
        }
    }

    // ---- the greeting

    @Override
    void frame(Frame frame) {
        if (frame instanceof Frame.Hello greeting && hello == null) {
            hello(greeting);
        } else if (identity == null) {
            throw new ProtocolException("frame " + name(frame) + ": expected HELLO first");
        } else if (frame instanceof Frame.Acknowledge ack) {
            acknowledge(ack);
        } else if (frame instanceof Frame.Consumed consumed) {
            Outbox out = outbox;
            if (out == null || !out.consumedInAll(consumed.bytes())) {
                throw new ProtocolException(
                        "frame CONSUMED: expected no more than was sent, and no less than before, found "
                                + consumed.bytes());
            }
        } else if (frame instanceof Frame.Request request) {
            Feed fed = feed;
            if (fed != null && logs.isTaken(request.log())) {
                fed.resend(request.log(), request.from(), request.number());
            }
        } else if (frame instanceof Frame.Hold hold) {
            Feed fed = feed;
            if (fed != null && logs.isTaken(hold.log())) {
                fed.hold(hold.log(), hold.from());
            }
        } else if (frame instanceof Frame.Resume resume && !started) {
            logs.resume(resume);
        } else if (frame instanceof Frame.Start start && !started) {
            started = true;
            logs.offer(start.onlyNamed());
        } else if (frame instanceof Frame.Take take) {
            take(take.log());
        } else if (frame instanceof Frame.Begin && logs.listed() && feed == null) {
            begin();
        } else if (frame instanceof Frame.ListCheckpoints) {
            checkpoints().list();
        } else if (frame instanceof Frame.Fetch fetch) {
            checkpoints().fetch(fetch);
        } else if (!(frame instanceof Frame.Ping)) {
            throw new ProtocolException("frame " + name(frame) + ": not expected from a follower at this point");
        }
    }

    private static String name(Frame frame) {
        return frame.getClass().getSimpleName();
    }

    private void hello(Frame.Hello greeting) {
        hello = greeting;
        if (greeting.version() != FrameEncoder.VERSION) {
            refuse("protocol version: expected " + FrameEncoder.VERSION + ", found " + greeting.version());
            return;
        }
        Optional<Identity> known = options.security.identify(TlsSetup.peerCertificate(channel()), greeting.token());
        if (known.isEmpty()) {
            refuse("identity: expected a certificate or a token that the publisher knows");
            return;
        }
        Identity who = known.get();
        identity = who;
        verdicts = new Verdicts(server.publication(), who);
        worker = server.newWorker();
        write(new Frame.Welcome(FrameEncoder.VERSION, (int) Math.max(1, options.heartbeatInterval.toMillis())));
        flush();
    }

    private void refuse(String reason) {
        dropAfter(new Frame.Bye(Frame.Farewell.REFUSED, reason), Drop.REFUSED);
    }

    private void take(LogId log) {
        long position = logs.take(log);
        Feed fed = feed;
        if (position >= 0 && fed != null) { // it goes by without those that are not wanted: now this one is
            fed.resend(log, position + 1, 0);
        }
    }

    private void begin() {
        Frame.Hello greeted = hello;
        Scheduler.Worker works = worker;
        Verdicts asks = verdicts;
        if (greeted == null || works == null || asks == null) {
            return;
        }
        outbox = new Outbox(this, greeted.bufferBytes(), greeted.maxSegmentBytes());
        FollowerTerms terms = new FollowerTerms(greeted.windowBytesPerLog(), greeted.maxSegmentBytes(), logs::isTaken);
        Feed fed = new Feed(server.publication().follower(terms), asks, works, this);
        feed = fed;
        Map<LogId, Long> from = logs.positions();
        Positions positions = () -> from;
        work(any -> {
            fed.start(positions);
            onLoop(() -> {
                awaitsSegment = false;
                pump();
            });
        });
    }

    // ---- what goes

    @Override
    void canWrite() {
        pump();
    }

    private void pump() {
        Outbox out = outbox;
        Feed fed = feed;
        if (out == null || fed == null || saidEnd || !isOpen()) {
            return;
        }
        if (out.send()) {
            flush();
        }
        if (completed) {
            if (out.isEmpty()) {
                saidEnd = true;
                write(new Frame.Bye(Frame.Farewell.END, ""));
                flush();
            }
        } else if (!awaitsSegment && out.hasRoom()) {
            awaitsSegment = true;
            fed.request(1);
        }
    }

    private void acknowledge(Frame.Acknowledge ack) {
        Feed fed = feed;
        if (fed != null && logs.acknowledge(ack.log(), ack.through())) {
            fed.acknowledge(ack.log(), ack.through());
        }
    }

    @Override
    public void segment(WalSegmentPayload segment, int answers) {
        onLoop(() -> {
            awaitsSegment = false;
            Outbox out = outbox;
            if (out != null && logs.isTaken(segment.log()) && !out.add(segment, answers)) {
                leave(
                        Drop.SOURCE,
                        segment + " is larger than the follower takes; next step: raise its maxSegmentBytes");
            }
            pump();
        });
    }

    @Override
    public void completed() {
        onLoop(() -> {
            completed = true;
            pump();
        });
    }

    @Override
    public void failed(Throwable e) {
        onLoop(() -> leave(Drop.SOURCE, "what is published cannot be read: " + e));
    }

    @Override
    public void pruned(Frame.Log told) {
        onLoop(() -> logs.pruned(told));
    }

    /** Says that it will be back. */
    void leave(Drop drop, String reason) {
        dropAfter(new Frame.Bye(Frame.Farewell.RESTART, reason), drop);
    }

    /** Says that the logs have ended where they stand, after what has been taken from them. */
    void end() {
        Feed fed = feed;
        if (fed == null) {
            dropAfter(new Frame.Bye(Frame.Farewell.END, ""), Drop.STOPPED);
            return;
        }
        work(any -> fed.cancel());
        completed = true;
        pump();
    }

    // ---- heartbeats, and what has changed at the source

    private void heartbeat() {
        if (feed != null) {
            logs.look();
        }
        if (heads > 0) {
            return; // the last ones have not gone yet: it will hear of a later state, and what waits stays bounded
        }
        long clock = options.clockNanos();
        boolean any = false;
        for (LogId log : logs.taken()) {
            any = true;
            heads++;
            write(new Frame.Head(log, server.publication().head(log).orElse(-1), clock), () -> heads--);
        }
        if (!any) {
            heads++;
            write(new Frame.Ping(), () -> heads--);
        }
        flush();
    }

    FollowerStatus status() {
        Frame.Hello greeted = hello;
        Identity known = identity;
        Outbox out = outbox;
        return new FollowerStatus(
                greeted == null ? "" : greeted.node(),
                known == null ? "" : known.name(),
                remote(),
                logs.acknowledged(),
                out == null ? 0 : out.sentBytes());
    }

    // ---- threads

    interface Asking {
        void ask(Verdicts verdicts) throws IOException;
    }

    /** Does what blocks, in order. */
    void work(Asking task) {
        Verdicts asks = verdicts;
        Scheduler.Worker works = worker;
        if (asks == null || works == null || isOver()) {
            return;
        }
        works.schedule(() -> {
            try {
                task.ask(asks);
            } catch (IOException | RuntimeException e) {
                failed(e);
            }
        });
    }

    /** Does what is the loop's, unless the connection is over. */
    void onLoop(Runnable task) {
        try {
            channel().eventLoop().execute(() -> {
                if (isOpen()) {
                    task.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // The publisher has stopped, and its connections with it.
        }
    }

    /** Whether the follower may. Any thread. */
    boolean mayRead(LogId log) {
        Identity known = identity;
        return known != null && known.mayRead().test(log);
    }

    private CheckpointServing checkpoints() {
        CheckpointServing serving = checkpoints;
        if (serving == null) {
            serving = new CheckpointServing(this, server.publication(), this::mayRead);
            checkpoints = serving;
        }
        return serving;
    }
}
