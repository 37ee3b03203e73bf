package io.walreceiver.transport.inprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.TransportClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class InProcessLeaderTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration NOT_NOW = Duration.ofMillis(50);

    /** A segment of ten events, as far as a transport can tell. */
    private static WalSegmentPayload tens(LogId log, long first) {
        return segment(log, first, 10, 64 + 210);
    }

    private static WalSegmentPayload segment(LogId log, long first, long claimed, int bytes) {
        return new WalSegmentPayload(new WalSegmentId(log, first), new byte[bytes], claimed);
    }

    private static InProcessLeader withRoomFor(int segments) {
        return InProcessLeader.builder().windowBytesPerLog(segments * 274L).build();
    }

    private static long first(WalSegmentPayload segment) {
        return segment.id().seqno();
    }

    @Test
    void aSendWaitsWhileTheTailIsFullAndGoesOnWhenItIsAcknowledged() {
        InProcessLeader leader = withRoomFor(2);
        Transport follower = leader.follower();
        leader.send(tens(A, 1)).then(leader.send(tens(A, 11))).block(SOON);
        StepVerifier.create(follower.segments(Positions.NONE).map(InProcessLeaderTest::first), 0)
                .thenRequest(2)
                .expectNext(1L, 11L)
                .then(() -> StepVerifier.create(leader.send(tens(A, 21)))
                        .expectSubscription()
                        .expectNoEvent(NOT_NOW)
                        .then(() -> follower.acknowledge(A, 9))
                        .expectNoEvent(NOT_NOW)
                        .then(() -> follower.acknowledge(A, 10))
                        .expectComplete()
                        .verify(SOON))
                .thenRequest(1)
                .expectNext(21L)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void aSegmentLargerThanTheWindowGoesAlone() {
        InProcessLeader leader = withRoomFor(2);
        Transport follower = leader.follower();
        leader.send(segment(A, 1, 100, 10_000)).block(SOON);
        StepVerifier.create(leader.send(tens(A, 101)))
                .expectSubscription()
                .expectNoEvent(NOT_NOW)
                .then(() -> follower.segments(Positions.NONE).blockFirst(SOON))
                .then(() -> follower.acknowledge(A, 100))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aFullLogStopsNoOtherLog() {
        InProcessLeader leader = withRoomFor(1);
        leader.send(tens(A, 1)).block(SOON);
        Disposable waits = leader.send(tens(A, 11)).subscribe();
        leader.send(tens(B, 1)).block(SOON);
        assertThat(waits.isDisposed()).isFalse();
    }

    @Test
    void aWithdrawnOfferIsNotSent() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        leader.send(tens(A, 1)).block(SOON);
        leader.send(tens(A, 11)).subscribe().dispose();
        leader.complete();
        StepVerifier.create(follower.segments(Positions.NONE).map(InProcessLeaderTest::first))
                .expectNext(1L)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void offersThatWaitAtTheEndAreStillTaken() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        Flux.just(tens(A, 1), tens(A, 11), tens(A, 21)).flatMap(leader::send).subscribe();
        leader.complete();
        StepVerifier.create(follower.segments(Positions.NONE)
                        .doOnNext(segment -> follower.acknowledge(A, segment.claimedLastSeq()))
                        .map(InProcessLeaderTest::first))
                .expectNext(1L, 11L, 21L)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void sendingAfterTheEndFails() {
        InProcessLeader leader = InProcessLeader.create();
        leader.complete();
        StepVerifier.create(leader.send(tens(A, 1)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TransportClosedException.class)
                        .hasMessageContaining("1:0:1")
                        .hasMessageContaining("ended its logs"))
                .verify(SOON);
    }

    @Test
    void closingFailsWaitingSendsAndCompletesFollowers() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        leader.send(tens(A, 1)).block(SOON);
        StepVerifier waiting = StepVerifier.create(leader.send(tens(A, 11)))
                .expectError(TransportClosedException.class)
                .verifyLater();
        StepVerifier.create(follower.segments(Positions.NONE).map(InProcessLeaderTest::first))
                .expectNext(1L)
                .then(leader::close)
                .expectComplete()
                .verify(SOON);
        waiting.verify(SOON);
        StepVerifier.create(follower.segments(Positions.NONE)).expectComplete().verify(SOON);
        leader.close();
    }

    @Test
    void whatTheSlowestFollowerHasNotAcknowledgedIsRetained() {
        InProcessLeader leader = withRoomFor(2);
        Transport fast = leader.follower();
        Transport slow = leader.follower();
        ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
        fast.segments(Positions.NONE)
                .doOnNext(segment -> fast.acknowledge(A, segment.claimedLastSeq()))
                .subscribe(segment -> seen.add(first(segment)));
        Flux.range(0, 5).concatMap(i -> leader.send(tens(A, i * 10L + 1))).subscribe();
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(1L, 11L));
        StepVerifier.create(slow.segments(Positions.NONE).map(InProcessLeaderTest::first), 1)
                .expectNext(1L)
                .then(() -> slow.acknowledge(A, 10))
                .then(() -> await().atMost(SOON).until(() -> seen.size() == 3))
                .thenRequest(2)
                .expectNext(11L, 21L)
                .thenCancel()
                .verify(SOON);
        leader.detach(slow);
        await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(1L, 11L, 21L, 31L, 41L));
    }

    @Test
    void aFollowerThatComesBackStartsFromItsPositions() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        for (long first = 1; first < 50; first += 10) {
            leader.send(tens(A, first)).block(SOON);
        }
        StepVerifier.create(follower.segments(Positions.NONE).map(InProcessLeaderTest::first), 3)
                .expectNext(1L, 11L, 21L)
                .thenCancel()
                .verify(SOON);
        leader.complete();
        StepVerifier.create(follower.segments(() -> Map.of(A, 15L)).map(InProcessLeaderTest::first))
                .expectNext(11L, 21L, 31L, 41L)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void positionsCountAsAcknowledged() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        leader.send(tens(A, 1)).block(SOON);
        StepVerifier.create(leader.send(tens(A, 11)))
                .expectSubscription()
                .expectNoEvent(NOT_NOW)
                .then(() -> follower.segments(() -> Map.of(A, 10L)).subscribe())
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void aSegmentThatIsCoveredAlreadyIsDeliveredAndKeepsNoRoom() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        StepVerifier.create(follower.segments(() -> Map.of(A, 100L)).map(InProcessLeaderTest::first))
                .then(() -> Flux.range(0, 5)
                        .concatMap(i -> leader.send(tens(A, 1)))
                        .then()
                        .block(SOON))
                .expectNext(1L, 1L, 1L, 1L, 1L)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void aGoodCopyAfterACorruptOneGetsInBeyondTheWindow() {
        InProcessLeader leader = withRoomFor(1);
        Transport follower = leader.follower();
        WalSegmentPayload lies = segment(A, 1, Long.MAX_VALUE, 274);
        WalSegmentPayload good = tens(A, 1);
        leader.send(lies).block(SOON);
        StepVerifier.create(follower.segments(Positions.NONE))
                .expectNext(lies)
                .then(() -> StepVerifier.create(leader.send(good))
                        .expectSubscription()
                        .expectNoEvent(NOT_NOW)
                        .then(() -> follower.request(A, 1))
                        .expectComplete()
                        .verify(SOON))
                .expectNext(lies, good)
                .then(() -> follower.acknowledge(A, 10))
                .then(() -> leader.send(tens(A, 11)).block(SOON))
                .expectNextMatches(segment -> first(segment) == 11)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void anyNameAndClaimIsDelivered() {
        InProcessLeader leader = withRoomFor(100);
        Transport follower = leader.follower();
        List<WalSegmentPayload> odd = new ArrayList<>();
        for (long seqno : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1}) {
            for (long claim : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1}) {
                odd.add(segment(A, seqno, claim, 0));
            }
        }
        Flux.fromIterable(odd).concatMap(leader::send).then().block(SOON);
        leader.complete();
        StepVerifier.create(follower.segments(Positions.NONE))
                .expectNextSequence(odd)
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void headIsTheLastEventSent() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        assertThat(follower.head(A)).isEmpty();
        leader.send(tens(A, 11)).block(SOON);
        leader.send(tens(A, 1)).block(SOON);
        assertThat(follower.head(A)).hasValue(20);
    }

    @Test
    void aSecondSubscriberIsRefused() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        Disposable first = follower.segments(Positions.NONE).subscribe();
        StepVerifier.create(follower.segments(Positions.NONE))
                .expectErrorMessage("in-process follower: it has a subscriber; cancel that one first, or attach another"
                        + " follower for a second subscriber")
                .verify(SOON);
        first.dispose();
        leader.complete();
        StepVerifier.create(follower.segments(Positions.NONE)).expectComplete().verify(SOON);
    }

    @Test
    void positionsThatCannotBeReadFailTheFlux() {
        Transport follower = InProcessLeader.create().follower();
        StepVerifier.create(follower.segments(() -> {
                    throw new IllegalStateException("no positions");
                }))
                .expectErrorMessage("no positions")
                .verify(SOON);
        Disposable again = follower.segments(Positions.NONE).subscribe();
        assertThat(again.isDisposed()).isFalse();
        again.dispose();
    }

    @Test
    void fourThreadsSendAndNothingIsLostOrDisordered() {
        int segments = 100_000;
        int threads = 4;
        InProcessLeader leader = withRoomFor(100);
        Transport follower = leader.follower();
        Map<LogId, Long> positions = new HashMap<>();
        AtomicLong received = new AtomicLong();
        Mono<Void> sends = Flux.range(0, threads)
                .flatMap(thread -> Flux.range(0, segments / threads)
                        .concatMap(i -> leader.send(segment(new LogId(1, thread), i + 1L, 1, 85)))
                        .subscribeOn(Schedulers.boundedElastic()))
                .then();
        sends.doOnTerminate(leader::complete).subscribe();
        StepVerifier.create(follower.segments(Positions.NONE)
                        .doOnNext(segment -> {
                            long position = positions.merge(segment.log(), 1L, Long::sum);
                            assertThat(first(segment)).isEqualTo(position);
                            received.incrementAndGet();
                            if (position % 50 == 0) {
                                follower.acknowledge(segment.log(), position);
                            }
                        })
                        .then())
                .expectComplete()
                .verify(Duration.ofMinutes(1));
        assertThat(received).hasValue(segments);
    }

    @Test
    void fourThreadsMaySendToOneLog() {
        int segments = 100_000;
        InProcessLeader leader = withRoomFor(10);
        Transport follower = leader.follower();
        boolean[] seen = new boolean[segments + 1];
        AtomicLong position = new AtomicLong();
        AtomicLong latest = new AtomicLong();
        AtomicLong asked = new AtomicLong(-1);
        Flux.range(0, 4)
                .flatMap(thread -> Flux.range(0, segments / 4)
                        .concatMap(i -> leader.send(segment(A, i * 4L + thread + 1, 1, 85)))
                        .subscribeOn(Schedulers.boundedElastic()))
                .doOnTerminate(leader::complete)
                .subscribe();
        StepVerifier.create(follower.segments(Positions.NONE)
                        .doOnNext(segment -> {
                            seen[(int) first(segment)] = true;
                            long through = position.get();
                            while (through < segments && seen[(int) through + 1]) {
                                through++;
                            }
                            position.set(through);
                            follower.acknowledge(A, through);
                            long newest = latest.accumulateAndGet(first(segment), Math::max);
                            if (through < newest && asked.getAndSet(through) != through) {
                                follower.request(A, through + 1);
                            }
                        })
                        .then())
                .expectComplete()
                .verify(Duration.ofMinutes(1));
        assertThat(position).hasValue(segments);
    }

    @Test
    void demandIsHonouredToTheSegment() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        Flux.range(0, 100)
                .concatMap(i -> leader.send(tens(A, i * 10L + 1)))
                .then()
                .block(SOON);
        StepVerifier.create(follower.segments(Positions.NONE).map(InProcessLeaderTest::first), 0)
                .expectSubscription()
                .expectNoEvent(NOT_NOW)
                .thenRequest(1)
                .expectNext(1L)
                .expectNoEvent(NOT_NOW)
                .thenRequest(2)
                .expectNext(11L, 21L)
                .expectNoEvent(NOT_NOW)
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(97)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void cancellingAnywhereLosesNothing() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        int segments = 1_000;
        Flux.range(0, segments)
                .concatMap(i -> leader.send(tens(A, i * 10L + 1)))
                .then()
                .block(SOON);
        leader.complete();
        AtomicLong position = new AtomicLong();
        int rounds = 0;
        while (position.get() < segments * 10L) {
            int takes = 1 + rounds++ % 17;
            follower.segments(() -> Map.of(A, position.get()))
                    .take(takes)
                    .doOnNext(segment -> {
                        assertThat(first(segment)).isEqualTo(position.get() + 1);
                        position.addAndGet(10);
                    })
                    .blockLast(SOON);
        }
        StepVerifier.create(follower.segments(() -> Map.of(A, position.get())))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void nothingIsEmittedOnTheThreadThatBringsNews() {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        BaseSubscriber<WalSegmentPayload> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(WalSegmentPayload segment) {
                threads.add(Thread.currentThread());
                request(1);
            }
        };
        follower.segments(Positions.NONE).subscribe(subscriber);
        leader.send(tens(A, 1)).block(SOON);
        await().atMost(SOON).until(() -> threads.size() == 1);
        follower.request(A, 1);
        await().atMost(SOON).until(() -> threads.size() == 2);
        assertThat(threads).doesNotContain(Thread.currentThread());
        subscriber.dispose();
    }
}
