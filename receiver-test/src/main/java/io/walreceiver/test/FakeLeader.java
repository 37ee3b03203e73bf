package io.walreceiver.test;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.publication.FollowerTerms;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/**
 * A leader for tests, in memory: it sends what a test appends, to followers in the same process ({@link #transport}) or over a real TCP port
 * ({@link #listen}), and has accidents when it is told to.
 *
 * <pre>{@code
 * try (FakeLeader leader = FakeLeader.create()) {
 *     Segments log = Segments.of(new LogId(1, 3));
 *     leader.append(log.next(10));                        // events 1..10
 *     leader.lose(log.next(10));                          // 11..20 go only to whoever asks for them
 *     leader.append(Segments.corrupt(log.next(10)));      // 21..30, damaged
 *     leader.append(log.cut(21, 30));                     // and again, sound
 *     leader.disconnect();                                // whoever was connected comes again
 *     leader.end();                                       // followers complete
 * }
 * }</pre>
 *
 * <p>Segments are sent as they are: duplicates, overlapping cuts, damaged copies. Everything appended stays, also what was
 * acknowledged, so any number of followers can come, at any time. A log that does not begin with event 1 is one whose beginning
 * was pruned.
 *
 * <p>All methods may be called from any thread. They return at once, but for {@link #listen} and {@link #close}, which block.
 */
public final class FakeLeader implements AutoCloseable {

    private static final long WINDOW_BYTES = 16 << 20;
    private static final Duration COMES_AGAIN_AFTER = Duration.ofMillis(10);

    private final Clock clock;
    private final Map<LogId, FakeLog> logs = new TreeMap<>();
    private final Set<FakeConnection> connections = new LinkedHashSet<>();
    private boolean down;
    private boolean ended;
    private boolean closed;
    private @Nullable FakeSocket socket;

    private FakeLeader(Clock clock) {
        this.clock = clock;
    }

    /** A leader without logs, by the system's clock. */
    public static FakeLeader create() {
        return create(Clock.systemUTC());
    }

    /**
     * A leader without logs.
     *
     * @param clock what it tells its followers to measure their lag by
     */
    public static FakeLeader create(Clock clock) {
        return new FakeLeader(clock);
    }

    // ---- followers

    /**
     * A transport to this leader, without a network. It comes again by itself 10 ms after it was cut off (on the parallel scheduler, so
     * virtual time does); its heartbeat is always fresh, but while the leader is down; it knows nothing of epochs.
     *
     * @return for one subscriber at a time, who may come again; each call gives another one. Its flux completes after {@link #end} and
     *     {@link #close}, and fails only if positions cannot be read.
     */
    public Transport transport() {
        Transport follower = new FakeFollower(this, new FollowerTerms(WINDOW_BYTES, Integer.MAX_VALUE, log -> true));
        Retry comesAgain = Retry.fixedDelay(Long.MAX_VALUE, COMES_AGAIN_AFTER)
                .filter(FakeConnection.CutException.class::isInstance);
        return new ForwardingTransport(follower) {
            @Override
            public Flux<WalSegmentPayload> segments(Positions positions) {
                return super.segments(positions).retryWhen(comesAgain);
            }
        };
    }

    /**
     * Listens on loopback, for followers with a {@link io.walreceiver.transport.netty.tcp.TcpTransport}; heartbeats go every 50 ms. Needs
     * {@code reactor-netty-http} on the class path. Blocks until it does; listening again changes nothing.
     *
     * @return the address, with a port that was free
     * @throws IllegalStateException if it was closed, or the network library is not there
     */
    public synchronized InetSocketAddress listen() {
        if (closed) {
            throw new IllegalStateException("the fake leader was closed");
        }
        FakeSocket listening = socket;
        if (listening == null) {
            try {
                listening = FakeSocket.listen(this, clock);
            } catch (NoClassDefFoundError e) {
                throw new IllegalStateException(
                        "listening needs io.projectreactor.netty:reactor-netty-http on the test class path;"
                                + " transport() works without",
                        e);
            }
            socket = listening;
        }
        return listening.address();
    }

    // ---- what is sent

    /** Sends these segments, of one log or several, to whoever is connected, and to whoever comes later. */
    public void append(WalSegmentPayload... segments) {
        append(Arrays.asList(segments));
    }

    /** Sends these segments, of one log or several, to whoever is connected, and to whoever comes later. */
    public synchronized void append(List<WalSegmentPayload> segments) {
        for (WalSegmentPayload segment : segments) {
            send(open(segment.log()), segment);
        }
    }

    /** Writes these segments, which the head tells of, but sends them to nobody before {@link #release}: a gap that does not heal. */
    public synchronized void withhold(WalSegmentPayload... segments) {
        for (WalSegmentPayload segment : segments) {
            open(segment.log()).withheld().add(segment);
        }
    }

    /** Sends everything that was withheld of a log. */
    public synchronized void release(LogId log) {
        FakeLog released = open(log);
        released.release().forEach(segment -> send(released, segment));
    }

    /**
     * Writes these segments, which are lost on their way: they are sent once a follower asks for an event in them or before them, if it does
     * before {@link #end}. Over TCP, taking up a log that is new counts as asking.
     */
    public synchronized void lose(WalSegmentPayload... segments) {
        for (WalSegmentPayload segment : segments) {
            open(segment.log()).lost().add(segment);
        }
    }

    private FakeLog open(LogId log) {
        if (ended) {
            throw new IllegalStateException("the fake leader has ended its logs: log " + log + " cannot go on");
        }
        return logs.computeIfAbsent(log, any -> new FakeLog());
    }

    private void send(FakeLog log, WalSegmentPayload segment) {
        log.sent().add(segment);
        connections.forEach(connection -> connection.send(segment));
    }

    /** Ends all logs: followers complete once they have everything that was appended. Repeating it has no effect. */
    public synchronized void end() {
        ended = true;
        connections.forEach(FakeConnection::end);
    }

    // ---- accidents

    /** Cuts every connection; followers come again and go on where they stand. */
    public synchronized void disconnect() {
        List.copyOf(connections).forEach(FakeConnection::cut);
    }

    /** Cuts every connection, and each that is made, until {@link #comeUp}. What is appended meanwhile is sent then. */
    public synchronized void goDown() {
        down = true;
        disconnect();
    }

    /** Serves followers again. */
    public synchronized void comeUp() {
        down = false;
    }

    /**
     * Another leader takes a log over: segments that reach beyond {@code epoch.start()} are gone, connections are cut, and followers are told
     * the epoch when they come again. A lower number than before is a leader that was replaced and does not know it.
     */
    public synchronized void takeOver(LogId log, LeaderEpoch epoch) {
        open(log).begin(epoch);
        disconnect();
    }

    /** Ends everything, and frees the port: followers over TCP try to come again, those in process complete. Blocks until then. */
    @Override
    public void close() {
        FakeSocket listening;
        synchronized (this) {
            closed = true;
            ended = true;
            listening = socket;
            socket = null;
            connections.forEach(FakeConnection::close);
        }
        if (listening != null) {
            listening.close();
        }
    }

    // ---- what followers did

    /** Last event of a log that a follower has acknowledged; 0 for none. */
    public synchronized long acknowledged(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? 0 : of.acknowledged();
    }

    /** How often followers have asked for events of a log to be sent again. */
    public synchronized int requests(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? 0 : of.requests();
    }

    // ---- for connections

    synchronized FakeConnection connect(long windowBytesPerLog) {
        if (down) {
            throw new FakeConnection.CutException();
        }
        FakeConnection connection = new FakeConnection(windowBytesPerLog);
        logs.values().forEach(log -> log.sent().forEach(connection::send));
        if (closed) {
            connection.close();
        } else if (ended) {
            connection.end();
        }
        connections.add(connection);
        return connection;
    }

    synchronized void gone(FakeConnection connection) {
        connections.remove(connection);
        connection.close();
    }

    synchronized void acknowledged(LogId log, long through) {
        FakeLog of = logs.get(log);
        if (of != null) {
            of.acknowledged(through);
        }
    }

    /** Whether that brings something which had been lost. */
    synchronized boolean asked(LogId log, long from) {
        FakeLog of = logs.get(log);
        if (of == null) {
            return false;
        }
        List<WalSegmentPayload> found = of.asked(from);
        found.forEach(segment -> send(of, segment));
        return !found.isEmpty();
    }

    synchronized boolean isDown() {
        return down;
    }

    synchronized Set<LogId> logs() {
        return Set.copyOf(logs.keySet());
    }

    synchronized OptionalLong earliest(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? OptionalLong.empty() : of.earliest();
    }

    synchronized OptionalLong head(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? OptionalLong.empty() : of.head();
    }

    synchronized Optional<LeaderEpoch> epoch(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? Optional.empty() : of.epoch();
    }

    synchronized List<WalSegmentPayload> written(LogId log) {
        FakeLog of = logs.get(log);
        return of == null ? List.of() : of.written().toList();
    }

    long clockNanos() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
