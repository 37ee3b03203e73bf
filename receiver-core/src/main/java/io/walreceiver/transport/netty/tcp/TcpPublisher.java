package io.walreceiver.transport.netty.tcp;

import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.publication.Publication;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Serves a publication to followers over TCP, each at its own pace: to {@link TcpTransport}, and checkpoints where there are
 * any.
 *
 * <pre>{@code
 * TcpPublisher publisher = TcpPublisher.builder(publication).port(7400).build();
 * TcpPublisher.Running running = publisher.start().block();
 * ...
 * running.stop(false).block();
 * }</pre>
 *
 * <p><b>Memory.</b> Per follower: one transport of the publication, at most 16 MiB and one segment that were taken from it and not yet sent,
 * half a MiB in the channel, and a few numbers per log. A peer that sends garbage, or too much, is dropped at once; one that sends
 * nothing, half a frame, or reads nothing, at its timeout. Each drop is counted, and logged with its reason at a bounded rate.
 *
 * <p><b>Threads.</b> Event loops, as many as cores but at least two, and at most eight threads on which the publication is asked; all end with {@link
 * Running#stop}.
 */
public final class TcpPublisher {

    /** A publisher that listens. All methods may be called from any thread. */
    public interface Running {

        /** Where it listens, with the port that was chosen. */
        InetSocketAddress address();

        /** Followers that are connected and known, as they are now. */
        List<FollowerStatus> followers();

        /** Ended connections by reason. */
        Map<Drop, Long> drops();

        /**
         * Stops: listens no more and takes leave of followers.
         *
         * @param end whether to tell them that the logs have ended where they stand, so that they complete after what has been
         *     taken for them; otherwise they are told to come back
         * @return when subscribed to, stops; completes when connections are closed (after 5 s they are cut off) and threads told to end.
         *     Never fails; repeating it waits for the same end, cancelling does not take it back.
         */
        Mono<Void> stop(boolean end);
    }

    private final Builder options;

    private TcpPublisher(Builder options) {
        this.options = options;
    }

    /**
     * Options of a publisher.
     *
     * @param publication what to serve
     */
    public static Builder builder(Publication publication) {
        return new Builder(publication);
    }

    /**
     * Listens.
     *
     * @return when subscribed to, binds the address, each time another socket; emits the running publisher; fails with an {@link
     *     java.io.IOException} if the address cannot be bound. Cancelling does not stop it.
     */
    public Mono<Running> start() {
        return Mono.create(sink -> new PublisherServer(options, options.publication).listen(sink));
    }

    /** Options of a {@link TcpPublisher}. */
    public static final class Builder {

        final Publication publication;
        String host = "localhost";
        int port;
        ServerSecurity security = ServerSecurity.NONE;
        Duration heartbeatInterval = Duration.ofSeconds(1);
        int maxConnections = 256;
        int maxUnauthenticated = 64;
        Duration handshakeTimeout = Duration.ofSeconds(10);
        Duration idleTimeout = Duration.ofSeconds(30);
        Duration writeStallTimeout = Duration.ofSeconds(60);
        Clock clock = Clock.systemUTC();
        Scheduler timer = Schedulers.parallel();

        private Builder(Publication publication) {
            this.publication = publication;
        }

        private Builder(Builder other) {
            publication = other.publication;
            host = other.host;
            port = other.port;
            security = other.security;
            heartbeatInterval = other.heartbeatInterval;
            maxConnections = other.maxConnections;
            maxUnauthenticated = other.maxUnauthenticated;
            handshakeTimeout = other.handshakeTimeout;
            idleTimeout = other.idleTimeout;
            writeStallTimeout = other.writeStallTimeout;
            clock = other.clock;
            timer = other.timer;
        }

        long clockNanos() {
            Instant now = clock.instant();
            return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        }

        /** Where to listen: a name or an address. Default {@code localhost}. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /** Where to listen, 0..65,535. Default 0: any that is free. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /** How to know followers. Default plain, and anyone. */
        public Builder security(ServerSecurity security) {
            this.security = security;
            return this;
        }

        /** How often followers are told the head and the clock, and the publication is looked at for new logs and skips. Default 1 s. */
        public Builder heartbeatInterval(Duration interval) {
            this.heartbeatInterval = interval;
            return this;
        }

        /** Most connections at a time. Default 256; 1 or more. */
        public Builder maxConnections(int connections) {
            this.maxConnections = connections;
            return this;
        }

        /** Most connections at a time that have not said who they are. Default 64; 1 or more. */
        public Builder maxUnauthenticated(int connections) {
            this.maxUnauthenticated = connections;
            return this;
        }

        /** How long a peer may take to say who it is. Default 10 s. */
        public Builder handshakeTimeout(Duration timeout) {
            this.handshakeTimeout = timeout;
            return this;
        }

        /** How long a follower may send no whole frame; it sends something each third of its own idle timeout. Default 30 s. */
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = timeout;
            return this;
        }

        /** How long a follower may read nothing of what is sent to it. Default 60 s. */
        public Builder writeStallTimeout(Duration timeout) {
            this.writeStallTimeout = timeout;
            return this;
        }

        /** The clock that followers are told. Default the system's. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Time; must be able to delay. Not disposed here. Default {@link Schedulers#parallel()}. */
        public Builder timer(Scheduler timer) {
            this.timer = timer;
            return this;
        }

        /**
         * Makes the publisher; it does not listen before {@link TcpPublisher#start}.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public TcpPublisher build() {
            Options.check(!host.isBlank(), "host", "a name or an address", "'" + host + "'");
            Options.check(port >= 0 && port <= 65_535, "port", "0..65535", port);
            Options.check(maxConnections >= 1, "maxConnections", "1 or more", maxConnections);
            Options.check(maxUnauthenticated >= 1, "maxUnauthenticated", "1 or more", maxUnauthenticated);
            Options.positive("heartbeatInterval", heartbeatInterval);
            Options.positive("handshakeTimeout", handshakeTimeout);
            Options.positive("idleTimeout", idleTimeout);
            Options.positive("writeStallTimeout", writeStallTimeout);
            return new TcpPublisher(new Builder(this));
        }
    }
}
