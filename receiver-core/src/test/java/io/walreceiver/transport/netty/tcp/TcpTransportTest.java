package io.walreceiver.transport.netty.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A follower and a publisher over loopback: verdicts, epochs, skips, turns, and what becomes of connections. */
class TcpTransportTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofMinutes(1);

    private final FakePublication publication = new FakePublication();
    private final FakePositions positions = new FakePositions();
    private final Received received = new Received();
    private TcpPublisher.@Nullable Running running;

    @AfterEach
    void nothingIsLeft() {
        received.dispose();
        stop(false);
        publication.leader.close();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("receiver-tcp") || name.startsWith("receiver-publish")))
                .isEmpty());
    }

    // ---- verdicts

    @Test
    void whatFollowsThePositionComes() {
        WalSegmentPayload first = publication.send(A, 100);
        WalSegmentPayload second = publication.send(A, 700_000);
        positions.at(A, 1);
        follow(transport());
        await().until(() -> received.segments.size() == 1);
        assertThat(received.segments.get(0).id()).isEqualTo(second.id());
        assertThat(received.segments.get(0).bytes()).isEqualTo(second.bytes());
        assertThat(first.id()).isNotEqualTo(second.id());
    }

    @Test
    void whatIsNotThereAnyMoreIsPruned() {
        publication.send(A, 10);
        publication.heads.put(A, 100L);
        publication.earliest.put(A, 50L);
        positions.at(A, 10);
        assertTrouble(LogState.PRUNED, "expected event 11, the first that is left is 50", "receiver bootstrap");
    }

    @Test
    void aLeaderThatEndsBeforeThePositionHasAnotherHistory() {
        publication.send(A, 10);
        positions.at(A, 5);
        assertTrouble(LogState.DIVERGED, "through event 5", "its last event is 1", "receiver bootstrap");
    }

    @Test
    void aFollowerThatEndsBeforeThePositionIsWaitedFor() {
        publication.origin = false;
        publication.send(A, 10);
        positions.at(A, 2);
        TcpTransport transport = assertTrouble(LogState.AHEAD_OF_SOURCE, "through 2, the source through 1");
        publication.send(A, 10);
        publication.send(A, 10);
        await().until(() -> transport.trouble(A).isEmpty());
        await().untilAsserted(() -> assertThat(received.seqnos(A)).containsExactly(3L));
    }

    @Test
    void aBatchThatTheLeaderDoesNotHoldIsAnotherHistory() {
        publication.send(A, 10);
        publication.holds = Optional.of(false);
        positions.at(A, 1);
        positions.batches.put(A, new BatchMark(1, 1, new byte[32]));
        assertTrouble(LogState.DIVERGED, "through event 1");
    }

    @Test
    void whatMayNotBeReadIsNotSent() {
        publication.send(A, 10);
        publication.send(B, 10);
        positions.at(A, 0);
        TcpTransport transport = transport(
                TcpPublisher.builder(publication).security(token("secret", log -> log.equals(B))), client("secret"));
        follow(transport);
        await().until(() -> !received.segments.isEmpty());
        publication.send(A, 10);
        publication.send(B, 10);
        await().untilAsserted(() -> assertThat(received.seqnos(B)).containsExactly(1L, 2L));
        assertThat(received.seqnos(A)).isEmpty();
    }

    @Test
    void whoIsNotKnownIsRefusedAndSaysSo() {
        TcpTransport transport =
                transport(TcpPublisher.builder(publication).security(token("secret", log -> true)), client("guess"));
        follow(transport);
        await().until(() -> transport.status().state() == TcpStatus.State.REFUSED);
        assertThat(transport.status().text()).contains("identity").doesNotContain("guess");
        assertThat(transport.status().drops()).containsKey(Drop.REFUSED);
        assertThat(server().drops()).containsKey(Drop.REFUSED);
    }

    @Test
    void aRequestForWhatIsGoneIsAnsweredByPruned() {
        publication.send(A, 10);
        publication.send(A, 10);
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 2);
        publication.earliest.put(A, 2L);
        transport.request(A, 1);
        await().until(() -> transport.trouble(A).map(LogTrouble::state).equals(Optional.of(LogState.PRUNED)));
    }

    // ---- epochs

    @Test
    void anEpochIsOnRecordBeforeAnythingComes() {
        publication.epochs.put(A, new LeaderEpoch(3, 0));
        publication.send(A, 10);
        TcpTransport transport = transport();
        Sinks.Empty<Void> durable = Sinks.empty();
        positions.adoption = durable.asMono();
        follow(transport);
        await().until(() -> positions.adopted.containsKey(A));
        assertThat(received.segments).isEmpty();
        durable.emitEmpty((signal, result) -> false);
        await().until(() -> received.segments.size() == 1);
        assertThat(transport.epoch(A)).contains(new LeaderEpoch(3, 0));
    }

    @Test
    void aLowerEpochIsFenced() {
        publication.epochs.put(A, new LeaderEpoch(3, 0));
        positions.adopted.put(A, new LeaderEpoch(4, 0));
        publication.send(A, 10);
        assertTrouble(LogState.FENCED, "epoch 3", "epoch 4");
    }

    @Test
    void anEpochThatBeganBelowThePositionIsAnotherHistory() {
        publication.epochs.put(A, new LeaderEpoch(3, 1));
        publication.send(A, 10);
        publication.send(A, 10);
        positions.at(A, 2);
        assertTrouble(LogState.DIVERGED, "epoch 3", "after event 1", "receiver bootstrap");
    }

    @Test
    void anEpochThatBeganBelowWhatWasReceivedIsAnotherHistory() {
        publication.epochs.put(A, new LeaderEpoch(3, 1));
        publication.send(A, 10);
        publication.send(A, 10);
        positions.at(A, 1);
        positions.adoption = Mono.error(new DivergedException(A, 3, 1, 2)); // received, and not durable yet
        assertTrouble(LogState.DIVERGED, "epoch 3", "below event 2", "after event 1", "receiver bootstrap");
        assertThat(received.segments).isEmpty();
    }

    @Test
    void anotherEpochIsLookedAtAnew() {
        publication.epochs.put(A, new LeaderEpoch(3, 0));
        publication.send(A, 10);
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 1);
        positions.at(A, 1);
        publication.epochs.put(A, new LeaderEpoch(4, 1));
        await().until(() -> transport.epoch(A).equals(Optional.of(new LeaderEpoch(4, 1))));
        assertThat(positions.adopted).containsEntry(A, new LeaderEpoch(4, 1));
    }

    @Test
    void withoutAnEpochALogIsUnfenced() {
        publication.send(A, 10);
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 1);
        assertThat(transport.epoch(A)).isEmpty();
    }

    // ---- skips

    @Test
    void whatFollowsAHoleComesWhenItWasPassedOver() {
        SkippedEvents hole = new SkippedEvents(2, 4, Instant.EPOCH, "given up");
        publication.skips.put(A, List.of(hole));
        publication.send(A, 10);
        publication.sendAt(A, 5, 10);
        Sinks.Empty<Void> durable = Sinks.empty();
        positions.passing = durable.asMono();
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 1);
        assertThat(positions.skipped).isEmpty(); // it does not stand before the hole durably
        transport.acknowledge(A, 1);
        await().until(() -> positions.skipped.contains(hole));
        assertThat(received.seqnos(A)).containsExactly(1L);
        durable.emitEmpty((signal, result) -> false);
        await().untilAsserted(() -> assertThat(received.seqnos(A)).containsExactly(1L, 5L));
    }

    @Test
    void aHoleThatCannotBePassedOverIsTriedAgain() {
        SkippedEvents hole = new SkippedEvents(1, 4, Instant.EPOCH, "given up");
        publication.skips.put(A, List.of(hole));
        publication.sendAt(A, 5, 10);
        positions.passing = Mono.error(new IllegalStateException("disk full"));
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> transport.trouble(A).isPresent());
        assertThat(transport.trouble(A).orElseThrow().cause()).contains("disk full");
        positions.passing = Mono.empty();
        await().untilAsserted(() -> assertThat(received.seqnos(A)).containsExactly(5L));
        assertThat(transport.trouble(A)).isEmpty();
    }

    // ---- turns

    @Test
    void aLogThatIsNewComesToo() {
        publication.send(A, 10);
        follow(transport());
        await().until(() -> received.segments.size() == 1);
        publication.send(B, 10);
        await().untilAsserted(() -> assertThat(received.seqnos(B)).containsExactly(1L));
    }

    @Test
    void aSmallSegmentOvertakesALargeOneOfAnotherLog() {
        for (int i = 0; i < 8; i++) {
            publication.send(A, 8 << 20);
        }
        WalSegmentPayload small = publication.send(B, 10);
        TcpTransport transport = transport();
        received.demand = 1;
        follow(transport);
        received.request(Long.MAX_VALUE);
        await().until(() -> received.segments.size() == 9);
        assertThat(received.seqnos(A)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(received.segments.stream().map(WalSegmentPayload::id).toList())
                .last()
                .isNotEqualTo(small.id());
        for (WalSegmentPayload segment : received.segments) {
            for (int i = 0; i < segment.bytes().length; i += 4_093) {
                assertThat(segment.bytes()[i])
                        .isEqualTo((byte) (i * 31 + segment.id().seqno()));
            }
        }
    }

    @Test
    void heartbeatsComeWhileNobodyWantsWhatWasSent() {
        publication.send(A, 64 << 20);
        for (int i = 0; i < 20; i++) {
            publication.send(B, 1 << 20);
        }
        TcpTransport transport = transport();
        received.demand = 0;
        follow(transport);
        await().until(() -> transport.heartbeat(A).isPresent());
        for (int i = 0; i < 5; i++) {
            long at = transport.heartbeat(A).orElseThrow().receivedAt();
            await().until(() -> transport.heartbeat(A).orElseThrow().receivedAt() > at);
        }
        assertThat(transport.status().drops()).isEmpty();
        received.request(Long.MAX_VALUE);
        await().until(() -> received.segments.size() == 21);
    }

    @Test
    void whatIsToldReachesTheSource() {
        publication.send(A, 10);
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 1);
        transport.acknowledge(A, 1);
        await().until(() -> publication.told.contains("acknowledge 1:0 1"));
        transport.hold(A, 1);
        await().until(() -> publication.told.contains("hold 1:0 1"));
        transport.request(A, 1);
        await().until(() -> publication.told.contains("request 1:0 1"));
        await().untilAsserted(() -> assertThat(received.seqnos(A)).containsExactly(1L, 1L));
        assertThat(server().followers()).singleElement().satisfies(one -> {
            assertThat(one.node()).isEqualTo("follower");
            assertThat(one.acknowledged()).containsEntry(A, 1L);
            assertThat(one.sentBytes()).isEqualTo(20);
        });
    }

    // ---- ends

    @Test
    void aPublisherThatComesBackIsFollowedAgain() {
        publication.send(A, 10);
        TcpTransport transport = transport();
        follow(transport);
        await().until(() -> received.segments.size() == 1);
        positions.at(A, 1);
        int port = server().address().getPort();
        stop(false);
        assertThat(received.ended).isFalse();
        publication.send(A, 10);
        running = Objects.requireNonNull(publisher().port(port).build().start().block(SOON));
        await().untilAsserted(() -> assertThat(received.seqnos(A)).containsExactly(1L, 2L));
        assertThat(transport.status().reconnects()).isPositive();
        assertThat(transport.status().state()).isEqualTo(TcpStatus.State.CONNECTED);
    }

    @Test
    void onlyTheEndCompletes() {
        publication.send(A, 10);
        follow(transport());
        await().until(() -> received.segments.size() == 1);
        stop(true);
        await().until(() -> received.ended);
    }

    // ---- checkpoints

    @Test
    void aCheckpointIsFetchedFromWhereItBrokeOff() {
        byte[] bytes = new byte[9_000_001];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 >> 3);
        }
        publication.send(A, 10);
        publication.send(B, 10);
        publication.checkpoints.put(A, bytes);
        transport();
        TcpCheckpoints checkpoints =
                new TcpCheckpoints("127.0.0.1", server().address().getPort(), ClientSecurity.NONE, "newcomer", SOON);
        TcpCheckpoints.Catalogue found =
                Objects.requireNonNull(checkpoints.list().block(SOON));
        assertThat(found.marker().orElseThrow()).containsExactly(1, 2, 3);
        assertThat(found.entries()).containsExactly(new TcpCheckpoints.Entry(A, "checkpoint-0", 9, bytes.length));
        byte[] fetched = new byte[bytes.length - 5];
        int at = 0;
        for (byte[] part : Objects.requireNonNull(
                checkpoints.fetch(A, "checkpoint-0", 5).collectList().block(SOON))) {
            System.arraycopy(part, 0, fetched, at, part.length);
            at += part.length;
        }
        assertThat(fetched).isEqualTo(Arrays.copyOfRange(bytes, 5, bytes.length));
        assertThat(checkpoints.fetch(A, "another", 0).collectList().block(SOON)).isEmpty();
    }

    // ---- what they have in common

    private TcpPublisher.Builder publisher() {
        return TcpPublisher.builder(publication).heartbeatInterval(Duration.ofMillis(20));
    }

    private TcpTransport transport() {
        return transport(publisher(), ClientSecurity.NONE);
    }

    private TcpTransport transport(TcpPublisher.Builder publisher, ClientSecurity security) {
        running = Objects.requireNonNull(publisher.build().start().block(SOON));
        return TcpTransport.builder()
                .host("127.0.0.1")
                .port(server().address().getPort())
                .security(security)
                .windowBytesPerLog(1L << 30)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    private TcpPublisher.Running server() {
        return Objects.requireNonNull(running);
    }

    private void stop(boolean end) {
        TcpPublisher.Running server = running;
        running = null;
        if (server != null) {
            server.stop(end).block(SOON);
        }
    }

    private void follow(Transport transport) {
        transport.segments(positions).subscribe(received);
    }

    private TcpTransport assertTrouble(LogState state, String... says) {
        TcpTransport transport = transport();
        List<LogId> changes = new CopyOnWriteArrayList<>();
        transport.changes().subscribe(changes::add);
        follow(transport);
        await().until(() -> transport.trouble(A).isPresent());
        LogTrouble trouble = transport.trouble(A).orElseThrow();
        assertThat(trouble.state()).isEqualTo(state);
        assertThat(trouble.cause()).contains(says);
        await().untilAsserted(() -> assertThat(changes).contains(A));
        assertThat(received.seqnos(A)).isEmpty();
        return transport;
    }

    private static ServerSecurity token(String token, java.util.function.Predicate<LogId> mayRead) {
        return new ServerSecurity() {
            @Override
            public @Nullable SslContext tls() {
                return null;
            }

            @Override
            public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] shown) {
                return shown != null && Arrays.equals(shown, token.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        ? Optional.of(new Identity("f", log -> false, mayRead, false))
                        : Optional.empty();
            }
        };
    }

    private static ClientSecurity client(String token) {
        return new ClientSecurity() {
            @Override
            public @Nullable SslContext tls() {
                return null;
            }

            @Override
            public byte[] token() {
                return token.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }
        };
    }

    private static final class Received extends BaseSubscriber<WalSegmentPayload> {
        private final List<WalSegmentPayload> segments = new CopyOnWriteArrayList<>();
        private long demand = Long.MAX_VALUE;
        private volatile boolean ended;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            if (demand > 0) {
                subscription.request(demand);
            }
        }

        @Override
        protected void hookOnNext(WalSegmentPayload segment) {
            segments.add(segment);
        }

        @Override
        protected void hookOnComplete() {
            ended = true;
        }

        private List<Long> seqnos(LogId log) {
            return segments.stream()
                    .filter(segment -> segment.log().equals(log))
                    .map(segment -> segment.id().seqno())
                    .toList();
        }
    }

    private static final class FakePositions implements Positions {
        private final Map<LogId, Long> at = new ConcurrentHashMap<>();
        private final Map<LogId, BatchMark> batches = new ConcurrentHashMap<>();
        private final Map<LogId, LeaderEpoch> adopted = new ConcurrentHashMap<>();
        private final List<SkippedEvents> skipped = new CopyOnWriteArrayList<>();
        private volatile Mono<Void> adoption = Mono.empty();
        private volatile Mono<Void> passing = Mono.empty();

        void at(LogId log, long position) {
            at.put(log, position);
        }

        @Override
        public Map<LogId, Long> read() {
            return Map.copyOf(at);
        }

        @Override
        public Optional<BatchMark> lastBatch(LogId log) {
            return Optional.ofNullable(batches.get(log));
        }

        @Override
        public Optional<LeaderEpoch> epoch(LogId log) {
            return Optional.ofNullable(adopted.get(log));
        }

        @Override
        public Mono<Void> adopt(LogId log, LeaderEpoch epoch) {
            return Mono.defer(() -> {
                adopted.put(log, epoch);
                return adoption;
            });
        }

        @Override
        public Mono<Void> skip(LogId log, SkippedEvents skip) {
            return Mono.defer(() -> {
                skipped.add(skip);
                return passing;
            });
        }
    }
}
