package io.walreceiver.test;

import static io.walreceiver.test.TransportCases.A;
import static io.walreceiver.test.TransportCases.B;
import static io.walreceiver.test.TransportCases.SEGMENT_BYTES;
import static io.walreceiver.test.TransportCases.WIDE;
import static io.walreceiver.test.TransportCases.alternating;
import static io.walreceiver.test.TransportCases.assertSame;
import static io.walreceiver.test.TransportCases.id;
import static io.walreceiver.test.TransportCases.ids;
import static io.walreceiver.test.TransportCases.of;
import static io.walreceiver.test.TransportCases.segments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * What the receiver relies on in a {@link Transport}, as tests. Implement {@link #source} in a test class:
 *
 * <pre>{@code
 * class MyTransportTest implements TransportContract {
 *     public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
 *         MyLeader leader = new MyLeader(windowBytesPerLog);
 *         written.forEach(leader::write);
 *         if (ended) {
 *             leader.end();
 *         }
 *         return Source.of(leader.connect(), leader::end, leader::close);
 *     }
 * }
 * }</pre>
 *
 * <p>A transport whose source cannot stay open (a directory that is read once) says so by {@link #canStayOpen}. One that can send
 * again and keeps a window by itself implements {@link FlowControlContract}, which is this and more.
 */
public interface TransportContract {

    /** A transport under test, with its leader behind it. */
    interface Source extends AutoCloseable {

        /** The follower's side. */
        Transport transport();

        /** The leader writes no more to any log. Called only on a source that was made open. */
        void end();

        /** Called after the test. */
        @Override
        void close();

        /** A source of three parts. */
        static Source of(Transport transport, Runnable end, Runnable close) {
            return new Source() {
                @Override
                public Transport transport() {
                    return transport;
                }

                @Override
                public void end() {
                    end.run();
                }

                @Override
                public void close() {
                    close.run();
                }
            };
        }
    }

    /**
     * A leader that has written these segments, and a transport to one follower which nobody has subscribed to yet.
     *
     * @param written in order, of one log or several; some may be corrupt
     * @param windowBytesPerLog the window that the transport is to keep to
     * @param ended whether the leader has ended its logs after them; always true unless {@link #canStayOpen}
     */
    Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended);

    /** Whether a source can be made that has not ended. Default true. */
    default boolean canStayOpen() {
        return true;
    }

    /** How long to wait for what must come. Default 1 min. */
    default Duration patience() {
        return Duration.ofMinutes(1);
    }

    /** How long to wait for what must not come. Default 50 ms. */
    default Duration quiet() {
        return Duration.ofMillis(50);
    }

    /** No demand, no segment; then exactly as many as were asked for. */
    @Test
    default void demandIsRespectedExactly() {
        List<WalSegmentPayload> written = segments(A, 8);
        try (Source source = source(written, WIDE, true)) {
            StepVerifier.create(ids(source, Positions.NONE), 0)
                    .expectSubscription()
                    .expectNoEvent(quiet())
                    .thenRequest(1)
                    .expectNext(id(written, 0))
                    .expectNoEvent(quiet())
                    .thenRequest(2)
                    .expectNext(id(written, 1), id(written, 2))
                    .expectNoEvent(quiet())
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextCount(5)
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** Every segment of every log arrives, bytes and claim untouched, in the order of its log, and then the flux completes. */
    @Test
    default void everythingArrivesInTheOrderOfItsLog() {
        List<WalSegmentPayload> a = segments(A, 20);
        List<WalSegmentPayload> b = segments(B, 10);
        try (Source source = source(alternating(a, b), WIDE, true)) {
            List<WalSegmentPayload> received =
                    source.transport().segments(Positions.NONE).collectList().block(patience());
            assertSame(of(A, received), a);
            assertSame(of(B, received), b);
        }
    }

    /** Whoever verifies is further on: a transport passes on what it was given. */
    @Test
    default void corruptSegmentsArriveAsTheyAre() {
        List<WalSegmentPayload> written = new ArrayList<>(segments(A, 3));
        written.set(1, Segments.corrupt(written.get(1)));
        try (Source source = source(written, WIDE, true)) {
            assertSame(source.transport().segments(Positions.NONE).collectList().block(patience()), written);
        }
    }

    /** What follows a position arrives, from the segment that holds the next event on. */
    @Test
    default void positionsAreHonoured() {
        List<WalSegmentPayload> written = segments(A, 5);
        for (long position = 0; position <= 50; position++) {
            long through = position;
            try (Source source = source(written, WIDE, true)) {
                List<WalSegmentPayload> received = source.transport()
                        .segments(() -> Map.of(A, through))
                        .filter(segment -> segment.claimedLastSeq() > through)
                        .collectList()
                        .block(patience());
                assertSame(received, written.subList((int) through / 10, 5));
            }
        }
    }

    /** Positions are read at each subscription, not before. */
    @Test
    default void positionsAreReadAtEachSubscription() {
        List<WalSegmentPayload> written = segments(A, 3);
        AtomicInteger reads = new AtomicInteger();
        AtomicLong position = new AtomicLong();
        try (Source source = source(written, WIDE, true)) {
            Flux<WalSegmentPayload> segments = source.transport().segments(() -> {
                reads.incrementAndGet();
                return Map.of(A, position.get());
            });
            assertThat(reads).hasValue(0);
            assertSame(List.of(segments.blockFirst(patience())), written.subList(0, 1));
            position.set(20);
            assertSame(List.of(segments.blockFirst(patience())), written.subList(2, 3));
            assertThat(reads).hasValueGreaterThanOrEqualTo(2);
        }
    }

    /** Positions that cannot be read fail the subscription, and no more than that. */
    @Test
    default void positionsThatCannotBeReadAreAnError() {
        List<WalSegmentPayload> written = segments(A, 1);
        try (Source source = source(written, WIDE, true)) {
            StepVerifier.create(source.transport().segments(() -> {
                        throw new IllegalStateException("no positions today");
                    }))
                    .expectErrorMessage("no positions today")
                    .verify(patience());
            assertSame(source.transport().segments(Positions.NONE).collectList().block(patience()), written);
        }
    }

    /** A flux whose logs have not ended does not complete, and completes when they do. */
    @Test
    default void theFluxCompletesWhenTheLogsHaveEnded() {
        assumeTrue(canStayOpen());
        List<WalSegmentPayload> written = segments(A, 2);
        try (Source source = source(written, WIDE, false)) {
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written))
                    .expectNoEvent(quiet())
                    .then(source::end)
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** Logs that have nothing end too. */
    @Test
    default void nothingToSendCompletes() {
        try (Source source = source(List.of(), WIDE, true)) {
            StepVerifier.create(source.transport().segments(Positions.NONE))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** Whoever cancels and comes back goes on where it says; what was delivered but not acknowledged comes again. */
    @Test
    default void cancellingAndComingBackLosesNothing() {
        List<WalSegmentPayload> written = segments(A, 40);
        try (Source source = source(written, WIDE, true)) {
            long position = 0;
            for (int round = 0; position < 400; round++) {
                long from = position;
                List<WalSegmentId> received = ids(source, () -> Map.of(A, from))
                        .take(1 + round % 5)
                        .collectList()
                        .blockOptional(patience())
                        .orElseThrow();
                assertThat(received).isNotEmpty();
                int first = (int) (from / 10);
                assertThat(received).isEqualTo(ids(written.subList(first, first + received.size())));
                position += 10L * (received.size() + 1) / 2; // not all of it was made durable
            }
        }
    }

    /**
     * A subscription is over when {@code cancel} has returned, also one that is cancelled while it delivers. What is asked for only once
     * it is subscribed to is delivered by the source's thread, which then brings the next subscriber.
     */
    @Test
    default void whoeverHasCancelledMayComeBackAtOnce() {
        List<WalSegmentPayload> written = segments(A, 40);
        try (Source source = source(written, WIDE, true)) {
            Flux<WalSegmentId> one = ids(source, Positions.NONE).take(1);
            StepVerifier.create(Flux.concat(one, one, one), 0)
                    .expectSubscription()
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextSequence(Collections.nCopies(3, written.get(0).id()))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** It is over before it completes, too. */
    @Test
    default void whoeverIsThroughMayComeBackAtOnce() {
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, true)) {
            Flux<WalSegmentId> all = ids(source, Positions.NONE);
            StepVerifier.create(Flux.concat(all, all, all), 0)
                    .expectSubscription()
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextSequence(ids(written))
                    .expectNextSequence(ids(written))
                    .expectNextSequence(ids(written))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** A second subscriber at a time is refused, and does the first no harm. */
    @Test
    default void aSecondSubscriberIsRefused() {
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, true)) {
            StepVerifier.create(ids(source, Positions.NONE), 1)
                    .expectNextCount(1)
                    .then(() -> StepVerifier.create(source.transport().segments(Positions.NONE))
                            .expectError(IllegalStateException.class)
                            .verify(patience()))
                    .thenRequest(10)
                    .expectNextCount(2)
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** Whatever is told before, between and after subscriptions, about whatever log, does no harm. */
    @Test
    default void whatIsToldOutsideOfASubscriptionDoesNoHarm() {
        List<WalSegmentPayload> written = segments(A, 3);
        LogId unknown = new LogId(9, 9);
        try (Source source = source(written, WIDE, true)) {
            for (int i = 0; i < 3; i++) {
                for (LogId log : List.of(A, unknown)) {
                    source.transport().hold(log, 11);
                    source.transport().request(log, 1);
                    source.transport().acknowledge(log, 0);
                }
                assertSame(
                        source.transport()
                                .segments(Positions.NONE)
                                .collectList()
                                .block(patience()),
                        written);
            }
        }
    }

    /** Nothing comes after completion, whatever is told then. */
    @Test
    default void nothingComesAfterCompletion() {
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, true)) {
            List<Object> signals = Collections.synchronizedList(new ArrayList<>());
            ids(source, Positions.NONE).materialize().doOnNext(signals::add).blockLast(patience());
            source.transport().hold(A, 1);
            source.transport().request(A, 1);
            source.transport().acknowledge(A, 30);
            Mono.delay(quiet()).block(patience());
            assertThat(signals).hasSize(4);
        }
    }

    /** Emission is serial, whoever tells, asks and acknowledges meanwhile, and a subscriber may ask from within onNext. */
    @Test
    default void emissionIsSerial() {
        int count = 300;
        List<WalSegmentPayload> written = segments(A, count);
        try (Source source = source(written, 10 * SEGMENT_BYTES, !canStayOpen())) {
            Transport transport = source.transport();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            AtomicLong position = new AtomicLong();
            BaseSubscriber<WalSegmentPayload> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    request(1);
                }

                @Override
                protected void hookOnNext(WalSegmentPayload segment) {
                    if (inside.incrementAndGet() != 1) {
                        overlaps.incrementAndGet();
                    }
                    request(1);
                    if (segment.id().seqno() == position.get() + 1) {
                        position.set(segment.claimedLastSeq());
                    }
                    inside.decrementAndGet();
                }

                @Override
                protected void hookFinally(SignalType end) {
                    inside.incrementAndGet();
                }
            };
            transport.segments(Positions.NONE).subscribe(subscriber);
            Flux.range(0, 4)
                    .flatMap(teller -> Mono.fromRunnable(() -> {
                                while (!subscriber.isDisposed()
                                        && !Thread.currentThread().isInterrupted()) {
                                    transport.acknowledge(A, position.get());
                                    if (teller == 0 && canStayOpen()) {
                                        transport.request(A, position.get() + 1);
                                    }
                                    if (teller == 0 && canStayOpen() && position.get() == count * 10L) {
                                        source.end();
                                    }
                                    Thread.yield();
                                }
                            })
                            .subscribeOn(Schedulers.boundedElastic()))
                    .then()
                    .block(patience());
            assertThat(overlaps).hasValue(0);
            assertThat(position).hasValue(count * 10L);
        }
    }

    /** What the transport says of the leader's position is not beyond what was written, and right once all was delivered. */
    @Test
    default void headIsWhatWasWrittenIfItIsKnown() {
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, true)) {
            source.transport().head(A).ifPresent(head -> assertThat(head).isBetween(0L, 30L));
            source.transport().segments(Positions.NONE).blockLast(patience());
            source.transport().head(A).ifPresent(head -> assertThat(head).isEqualTo(30));
            assertThat(source.transport().head(new LogId(9, 9))).isEqualTo(OptionalLong.empty());
        }
    }
}
