package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.TlsSetup;
import io.walreceiver.transport.publication.FollowerTerms;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The publisher's end of one connection. Belongs to its event loop; what blocks is done by a worker, in order. */
final class PublisherConnection extends Peer implements Feed.Listener {

    private static final int MAX_LOGS = 1 << 16;
    /** A follower's frames are small, the greeting with its token and its names the largest. */
    private static final int MAX_FRAME_BYTES = 4096;

    private final PublisherServer server;
    private final TcpPublisher.Builder options;
    private final Map<LogId, PublishedLog> logs = new HashMap<>();
    /** What the follower wants of what it was offered: read by the publication's threads. */
    private final Set<LogId> taken = ConcurrentHashMap.newKeySet();

    private final Map<LogId, Long> acknowledged = new ConcurrentHashMap<>();
    private Scheduler.@Nullable Worker worker;
    private volatile Frame.@Nullable Hello hello;
    private volatile @Nullable Identity identity;
    private @Nullable Verdicts verdicts;
    private @Nullable CheckpointServing checkpoints;
    private @Nullable Feed feed;
    private volatile @Nullable Outbox outbox;
    private int ticks;
    private boolean started;
    private boolean onlyNamed;
    private boolean listed;
    /** A segment was asked for and has not come; and nothing may be asked for before there is a subscription. */
    private boolean awaitsSegment = true;

    private boolean completed;
    private boolean saidEnd;

    PublisherConnection(PublisherServer server) {
        super(MAX_FRAME_BYTES);
        this.server = server;
        this.options = server.options();
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
        taken.clear();
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
            drop(Drop.IDLE, "nothing came for " + options.idleTimeout);
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
            if (fed != null && taken.contains(request.log())) {
                fed.resend(request.log(), request.from(), request.number());
            }
        } else if (frame instanceof Frame.Hold hold) {
            Feed fed = feed;
            if (fed != null && taken.contains(hold.log())) {
                fed.hold(hold.log(), hold.from());
            }
        } else if (frame instanceof Frame.Resume resume && !started) {
            resume(resume);
        } else if (frame instanceof Frame.Start start && !started) {
            started = true;
            onlyNamed = start.onlyNamed();
            work(this::list);
        } else if (frame instanceof Frame.Take take) {
            take(take.log());
        } else if (frame instanceof Frame.Begin && listed && feed == null) {
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

    private void resume(Frame.Resume resume) {
        if (logs.size() >= MAX_LOGS) {
            throw new ProtocolException("frame RESUME: expected at most " + MAX_LOGS + " logs, found one more");
        }
        logs.put(resume.log(), new PublishedLog(resume.position(), resume.lastBatch()));
    }

    // ---- how each log stands: asked on the worker, told on the loop

    private void list(Verdicts asks) throws IOException {
        Map<LogId, PublishedLog> all = new HashMap<>(logs); // nothing is added before this has an end
        if (!onlyNamed) {
            for (LogId log : server.publication().logs()) {
                if (mayRead(log)) {
                    all.putIfAbsent(log, new PublishedLog(0, null));
                }
            }
        }
        for (Map.Entry<LogId, PublishedLog> each : all.entrySet()) {
            judge(asks, each.getKey(), each.getValue());
        }
        onLoop(() -> {
            listed = true;
            write(new Frame.Done(false));
            flush();
        });
    }

    private void judge(Verdicts asks, LogId id, PublishedLog log) throws IOException {
        Frame.Log told = asks.judge(id, log.position, log.lastBatch);
        List<SkippedEvents> skips = told.verdict() == Frame.Verdict.OK ? asks.skipsAbove(id, log.position) : List.of();
        onLoop(() -> {
            logs.put(id, log);
            log.asked = false;
            if (told.verdict() != log.verdict) {
                tell(log, told);
                tell(id, log, skips);
                flush();
            }
        });
    }

    private void tell(PublishedLog log, Frame.Log told) {
        log.verdict = told.verdict();
        log.epoch = told.epoch();
        write(told);
    }

    private void tell(LogId id, PublishedLog log, List<SkippedEvents> skips) {
        for (SkippedEvents skip : skips) {
            if (skip.through() > log.position && log.skipsTold.add(skip)) {
                write(new Frame.Skip(id, skip));
            }
        }
    }

    private void take(LogId id) {
        PublishedLog log = logs.get(id);
        if (log == null || log.verdict != Frame.Verdict.OK || !taken.add(id)) {
            return;
        }
        acknowledged.merge(id, log.position, Math::max);
        Feed fed = feed;
        if (fed != null) { // it goes by without those that are not wanted: now this one is
            fed.resend(id, log.position + 1, 0);
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
        FollowerTerms terms =
                new FollowerTerms(greeted.windowBytesPerLog(), greeted.maxSegmentBytes(), taken::contains);
        Feed fed = new Feed(server.publication().follower(terms), asks, works, this);
        feed = fed;
        Map<LogId, Long> from = new HashMap<>();
        logs.forEach((id, log) -> from.put(id, log.position));
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
        if (fed != null && taken.contains(ack.log())) {
            acknowledged.merge(ack.log(), ack.through(), Math::max);
            fed.acknowledge(ack.log(), ack.through());
        }
    }

    @Override
    public void segment(WalSegmentPayload segment, int answers) {
        onLoop(() -> {
            awaitsSegment = false;
            Outbox out = outbox;
            if (out != null && taken.contains(segment.log()) && !out.add(segment, answers)) {
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
        onLoop(() -> {
            PublishedLog log = logs.get(told.log());
            if (log != null && taken.remove(told.log())) {
                tell(log, told);
                flush();
            }
        });
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
            look();
        }
        if (!isWritable()) {
            return; // it has enough to read, and will hear of a later state
        }
        long clock = options.clockNanos();
        boolean any = false;
        for (LogId log : taken) {
            any = true;
            write(new Frame.Head(log, server.publication().head(log).orElse(-1), clock));
        }
        if (!any) {
            write(new Frame.Ping());
        }
        flush();
    }

    private void look() {
        PublisherServer.Survey survey = server.survey();
        if (!onlyNamed) {
            survey.skips().keySet().stream()
                    .filter(log -> !logs.containsKey(log) && mayRead(log))
                    .limit(Math.max(0, MAX_LOGS - logs.size()))
                    .toList()
                    .forEach(log -> logs.put(log, new PublishedLog(0, null)));
        }
        logs.forEach((id, log) -> {
            if (log.verdict == null || log.verdict == Frame.Verdict.AHEAD && caughtUp(id, log)) {
                if (!log.asked) {
                    log.asked = true;
                    work(asks -> judge(asks, id, log));
                }
            } else if (taken.contains(id)) {
                tell(id, log, survey.skips().getOrDefault(id, List.of()));
                if (!Optional.ofNullable(log.epoch).equals(server.publication().epoch(id))) {
                    leave(Drop.SOURCE, "log " + id + " is under another epoch now");
                }
            }
        });
    }

    private boolean caughtUp(LogId id, PublishedLog log) {
        return server.publication().head(id).orElse(-1) >= log.position;
    }

    FollowerStatus status() {
        Frame.Hello greeted = hello;
        Identity known = identity;
        Outbox out = outbox;
        return new FollowerStatus(
                greeted == null ? "" : greeted.node(),
                known == null ? "" : known.name(),
                remote(),
                acknowledged,
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

    private boolean mayRead(LogId log) {
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
