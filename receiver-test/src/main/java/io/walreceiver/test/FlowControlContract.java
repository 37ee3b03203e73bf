package io.walreceiver.test;

import static io.walreceiver.test.TransportCases.A;
import static io.walreceiver.test.TransportCases.B;
import static io.walreceiver.test.TransportCases.SEGMENT_BYTES;
import static io.walreceiver.test.TransportCases.WIDE;
import static io.walreceiver.test.TransportCases.alternating;
import static io.walreceiver.test.TransportCases.id;
import static io.walreceiver.test.TransportCases.ids;
import static io.walreceiver.test.TransportCases.segments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/**
 * What the receiver relies on in a {@link Transport} that keeps a window per log and can send again: {@link TransportContract} and
 * more. Implement {@link #source} in a test class, as shown there:
 *
 * <pre>{@code
 * class MyTransportTest implements FlowControlContract {
 *     public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) { ... }
 * }
 * }</pre>
 */
public interface FlowControlContract extends TransportContract {

    /** A log on hold is not sent, others are; a request says where it goes on. */
    @Test
    default void holdStopsOneLogAndRequestGoesOn() {
        List<WalSegmentPayload> a = segments(A, 5);
        List<WalSegmentPayload> b = segments(B, 5);
        try (Source source = source(alternating(a, b), WIDE, true)) {
            Transport transport = source.transport();
            StepVerifier.create(ids(source, Positions.NONE), 0)
                    .expectSubscription()
                    .then(() -> transport.hold(A, 1))
                    .thenAwait(quiet())
                    .thenRequest(Long.MAX_VALUE)
                    .expectNextSequence(ids(b))
                    .expectNoEvent(quiet())
                    .then(() -> transport.request(A, 1))
                    .expectNextSequence(ids(a))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** What was let go is sent again from the segment that holds the event asked for; one that was on its way may come first. */
    @Test
    default void requestStartsWithTheSegmentThatHoldsTheEvent() {
        List<WalSegmentPayload> written = segments(A, 4);
        List<WalSegmentId> again = ids(written.subList(1, 4));
        for (long from : new long[] {11, 15, 20}) {
            try (Source source = source(written, WIDE, true)) {
                Transport transport = source.transport();
                StepVerifier.create(ids(source, Positions.NONE), 3)
                        .expectNextCount(3)
                        .then(() -> transport.hold(A, 11))
                        .then(() -> transport.request(A, from))
                        .thenRequest(Long.MAX_VALUE)
                        .recordWith(ArrayList::new)
                        .thenConsumeWhile(id -> true)
                        .consumeRecordedWith(received -> assertThat(List.copyOf(received))
                                .isIn(again, List.of(id(written, 3), again.get(0), again.get(1), again.get(2))))
                        .expectComplete()
                        .verify(patience());
            }
        }
    }

    /** As long as a log has not ended, a request is answered, however often it comes. */
    @Test
    default void requestIsAnsweredAsLongAsTheLogHasNotEnded() {
        assumeTrue(canStayOpen());
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, false)) {
            Transport transport = source.transport();
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written))
                    .then(() -> transport.request(A, 21))
                    .expectNextSequence(ids(written.subList(2, 3)))
                    .then(() -> transport.request(A, 21))
                    .expectNextSequence(ids(written.subList(2, 3)))
                    .then(() -> transport.request(A, 1))
                    .expectNextSequence(ids(written))
                    .then(source::end)
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** At most a window of bytes is under way; acknowledging opens it. */
    @Test
    default void acknowledgingOpensTheWindow() {
        List<WalSegmentPayload> written = segments(A, 6);
        try (Source source = source(written, 2 * SEGMENT_BYTES, true)) {
            Transport transport = source.transport();
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written.subList(0, 2)))
                    .expectNoEvent(quiet())
                    .then(() -> transport.acknowledge(A, 9)) // not yet the whole segment
                    .expectNoEvent(quiet())
                    .then(() -> transport.acknowledge(A, 10))
                    .expectNextSequence(ids(written.subList(2, 3)))
                    .expectNoEvent(quiet())
                    .then(() -> transport.acknowledge(A, 30))
                    .expectNextSequence(ids(written.subList(3, 5)))
                    .then(() -> transport.acknowledge(A, 50))
                    .expectNextSequence(ids(written.subList(5, 6)))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** Acknowledging is cumulative: repeating it or going back changes nothing. */
    @Test
    default void acknowledgingAgainOrBackwardsChangesNothing() {
        List<WalSegmentPayload> written = segments(A, 4);
        try (Source source = source(written, SEGMENT_BYTES, true)) {
            Transport transport = source.transport();
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written.subList(0, 1)))
                    .then(() -> transport.acknowledge(A, 10))
                    .expectNextSequence(ids(written.subList(1, 2)))
                    .then(() -> {
                        transport.acknowledge(A, 10);
                        transport.acknowledge(A, 3);
                        transport.acknowledge(A, 0);
                        transport.acknowledge(A, -1);
                    })
                    .expectNoEvent(quiet())
                    .then(() -> transport.acknowledge(A, 30))
                    .expectNextSequence(ids(written.subList(2, 3)))
                    .then(() -> transport.acknowledge(A, 30))
                    .expectNextSequence(ids(written.subList(3, 4)))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** A segment larger than the window goes, alone. */
    @Test
    default void oneSegmentMayAlwaysGo() {
        List<WalSegmentPayload> written = segments(A, 2);
        try (Source source = source(written, 1, true)) {
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written.subList(0, 1)))
                    .expectNoEvent(quiet())
                    .then(() -> source.transport().acknowledge(A, 10))
                    .expectNextSequence(ids(written.subList(1, 2)))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** A log at its window waits alone. */
    @Test
    default void aLogAtItsWindowStopsNoOther() {
        List<WalSegmentPayload> a = segments(A, 50);
        List<WalSegmentPayload> b = segments(B, 50);
        try (Source source = source(alternating(a, b), SEGMENT_BYTES, true)) {
            Transport transport = source.transport();
            List<WalSegmentId> received = transport
                    .segments(Positions.NONE)
                    .doOnNext(segment -> {
                        if (segment.log().equals(B)) {
                            transport.acknowledge(B, segment.claimedLastSeq());
                        }
                    })
                    .map(WalSegmentPayload::id)
                    .take(51)
                    .collectList()
                    .block(patience());
            assertThat(received).containsAll(ids(b)).contains(id(a, 0));
        }
    }

    /** What was let go keeps the flux open until it was asked for and sent. */
    @Test
    default void whatWasLetGoKeepsTheFluxOpen() {
        List<WalSegmentPayload> written = segments(A, 3);
        try (Source source = source(written, WIDE, true)) {
            Transport transport = source.transport();
            AtomicInteger received = new AtomicInteger();
            // told from within onNext, so that it is told before the source can be done
            StepVerifier.create(ids(source, Positions.NONE).doOnNext(id -> {
                        if (received.incrementAndGet() == 3) {
                            transport.hold(A, 21);
                        }
                    }))
                    .expectNextSequence(ids(written))
                    .expectNoEvent(quiet())
                    .then(() -> transport.request(A, 21))
                    .expectNextSequence(ids(written.subList(2, 3)))
                    .expectComplete()
                    .verify(patience());
        }
    }

    /** After the end, a gap that cannot heal does not keep the flux going round for ever, whatever is let go behind it. */
    @Test
    default void aGapThatCannotHealEnds() {
        List<WalSegmentPayload> written = new ArrayList<>(segments(A, 4));
        written.set(1, Segments.corrupt(written.get(1)));
        try (Source source = source(written, WIDE, true)) {
            Transport transport = source.transport();
            AtomicInteger received = new AtomicInteger();
            StepVerifier.create(source.transport().segments(Positions.NONE).doOnNext(segment -> {
                        if (segment.id().seqno() == 31) {
                            received.incrementAndGet();
                            transport.hold(A, 31);
                            transport.request(A, 11);
                        }
                    }))
                    .thenConsumeWhile(segment -> true)
                    .expectComplete()
                    .verify(patience());
            assertThat(received.get()).isLessThan(10);
        }
    }

    /** Cancelling opens no window: what was delivered but not acknowledged comes again first. */
    @Test
    default void whatWasNotAcknowledgedComesAgain() {
        List<WalSegmentPayload> written = segments(A, 4);
        try (Source source = source(written, 2 * SEGMENT_BYTES, true)) {
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written.subList(0, 2)))
                    .thenCancel()
                    .verify(patience());
            StepVerifier.create(ids(source, Positions.NONE))
                    .expectNextSequence(ids(written.subList(0, 2)))
                    .thenCancel()
                    .verify(patience());
        }
    }
}
