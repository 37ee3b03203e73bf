package io.walreceiver.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class MergedTransportTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);

    private final Part one = new Part();
    private final Part two = new Part();
    private final Transport merged = Transport.merge(List.of(one, two));

    /** A source that a test speaks for. */
    private static final class Part implements Transport {

        final TestPublisher<WalSegmentPayload> source = TestPublisher.create();
        final TestPublisher<LogId> changes = TestPublisher.create();
        final List<String> told = new ArrayList<>();
        final AtomicLong requested = new AtomicLong();
        OptionalLong head = OptionalLong.empty();
        Optional<Heartbeat> heartbeat = Optional.empty();
        Optional<LogTrouble> trouble = Optional.empty();
        Optional<LeaderEpoch> epoch = Optional.empty();
        boolean canSendAgain = true;
        boolean throwing;

        @Override
        public Flux<WalSegmentPayload> segments(Positions positions) {
            if (throwing) {
                throw new IllegalStateException("no address");
            }
            return source.flux().doOnRequest(requested::addAndGet);
        }

        private void tell(String what) {
            told.add(what);
            if (throwing) {
                throw new IllegalStateException("it does not listen");
            }
        }

        @Override
        public void acknowledge(LogId log, long through) {
            tell("acknowledge " + through);
        }

        @Override
        public void request(LogId log, long from) {
            tell("request " + from);
        }

        @Override
        public void hold(LogId log, long from) {
            tell("hold " + from);
        }

        @Override
        public void decided(SegmentOutcome outcome) {
            tell("decided " + outcome.segment().seqno());
        }

        @Override
        public boolean canSendAgain() {
            return canSendAgain;
        }

        @Override
        public OptionalLong head(LogId log) {
            return log.equals(LOG) ? head : OptionalLong.empty();
        }

        @Override
        public Optional<Heartbeat> heartbeat(LogId log) {
            return heartbeat.filter(any -> log.equals(LOG));
        }

        @Override
        public Optional<LogTrouble> trouble(LogId log) {
            return trouble.filter(any -> log.equals(LOG));
        }

        @Override
        public Optional<LeaderEpoch> epoch(LogId log) {
            return epoch.filter(any -> log.equals(LOG));
        }

        @Override
        public Flux<LogId> changes() {
            return changes.flux();
        }
    }

    @Test
    void oneSourceIsItself() {
        assertThat(Transport.merge(List.of(one))).isSameAs(one);
        assertThatIllegalArgumentException().isThrownBy(() -> Transport.merge(List.of()));
    }

    @Test
    void segmentsOfAllComeOnDemandAndAtMostOneOfEachIsTakenAhead() {
        StepVerifier.create(positions(), 0)
                .then(() -> assertThat(one.requested).hasValue(1))
                .then(() -> assertThat(two.requested).hasValue(1))
                .then(() -> one.source.next(segment(1)))
                .then(() -> two.source.next(segment(11)))
                .expectNoEvent(Duration.ofMillis(20))
                .thenRequest(1)
                .expectNext(1L)
                .then(() ->
                        assertThat(one.requested.get() + two.requested.get()).isEqualTo(3))
                .thenRequest(1)
                .expectNext(11L)
                .then(() -> one.source.complete())
                .then(() -> two.source.complete())
                .verifyComplete();
    }

    @Test
    void aSourceThatFailsLeavesTheOthersToGoOnAndItsErrorComesAtTheEnd() {
        StepVerifier.create(positions())
                .then(() -> one.source.error(new IllegalStateException("beyond repair")))
                .then(() -> two.source.next(segment(1), segment(2)))
                .expectNext(1L, 2L)
                .then(() -> two.source.complete())
                .verifyErrorMessage("beyond repair");
    }

    @Test
    void aSourceThatCannotEvenBeAskedFailsAlone() {
        one.throwing = true;
        StepVerifier.create(positions())
                .then(() -> two.source.next(segment(1)))
                .expectNext(1L)
                .then(() -> two.source.complete())
                .verifyErrorMessage("no address");
    }

    @Test
    void cancellingLeavesAllOfThemAndTheyCanBeSubscribedToAgain() {
        StepVerifier.create(positions())
                .then(() -> StepVerifier.create(positions()).verifyError(IllegalStateException.class))
                .thenCancel()
                .verify();
        one.source.assertCancelled();
        two.source.assertCancelled();
        StepVerifier.create(positions())
                .then(() -> one.source.next(segment(1)))
                .expectNext(1L)
                .thenCancel()
                .verify();
    }

    @Test
    void allAreToldAndOneThatThrowsKeepsNoneFromIt() {
        one.throwing = true;
        assertThatThrownBy(() -> merged.acknowledge(LOG, 1)).hasMessage("it does not listen");
        assertThatThrownBy(() -> merged.request(LOG, 2)).hasMessage("it does not listen");
        assertThatThrownBy(() -> merged.hold(LOG, 3)).hasMessage("it does not listen");
        assertThatThrownBy(() -> merged.decided(new Duplicate(new WalSegmentId(LOG, 4))))
                .hasMessage("it does not listen");
        assertThat(two.told).isEqualTo(one.told).containsExactly("acknowledge 1", "request 2", "hold 3", "decided 4");
    }

    @Test
    void theyCanSendAgainIfAllCan() {
        assertThat(merged.canSendAgain()).isTrue();
        two.canSendAgain = false;
        assertThat(merged.canSendAgain()).isFalse();
    }

    @Test
    void theHeadIsThatOfTheFurthest() {
        assertThat(merged.head(LOG)).isEmpty();
        assertThat(merged.heartbeat(LOG)).isEmpty();
        one.head = OptionalLong.of(7);
        two.head = OptionalLong.of(9);
        assertThat(merged.head(LOG)).hasValue(9);
        assertThat(merged.head(OTHER)).isEmpty();

        one.heartbeat = Optional.of(new Heartbeat(9, 100, 50));
        two.heartbeat = Optional.of(new Heartbeat(7, 200, 60));
        assertThat(merged.heartbeat(LOG)).isEqualTo(one.heartbeat);
        two.heartbeat = Optional.of(new Heartbeat(9, 90, 60));
        assertThat(merged.heartbeat(LOG)).isEqualTo(two.heartbeat);
    }

    @Test
    void aLogIsInTroubleIfNoSourceThatKnowsItSendsIt() {
        one.trouble = Optional.of(new LogTrouble(LogState.PRUNED, "pruned"));
        assertThat(merged.trouble(LOG)).isEqualTo(one.trouble); // the other does not know it
        assertThat(merged.trouble(OTHER)).isEmpty();
        two.head = OptionalLong.of(100);
        assertThat(merged.trouble(LOG)).isEmpty();
        two.trouble = Optional.of(new LogTrouble(LogState.AHEAD_OF_SOURCE, "wait"));
        assertThat(merged.trouble(LOG)).isEqualTo(two.trouble); // which heals by itself
    }

    @Test
    void aSourceThatHasEndedServesNothing() {
        one.trouble = Optional.of(new LogTrouble(LogState.PRUNED, "pruned"));
        two.head = OptionalLong.of(100);
        StepVerifier.create(positions())
                .then(() -> assertThat(merged.trouble(LOG)).isEmpty())
                .then(() -> two.source.error(new IllegalStateException("beyond repair")))
                .then(() -> assertThat(merged.trouble(LOG)).isEqualTo(one.trouble))
                .thenCancel()
                .verify();
    }

    @Test
    void aLogThatOneSourceSendsUncheckedIsUnfenced() {
        one.head = OptionalLong.of(1);
        one.epoch = Optional.of(new LeaderEpoch(7, 0));
        assertThat(merged.epoch(LOG)).isEqualTo(one.epoch);
        two.head = OptionalLong.of(1);
        assertThat(merged.epoch(LOG)).isEmpty();
        two.epoch = Optional.of(new LeaderEpoch(8, 5));
        assertThat(merged.epoch(LOG)).isEqualTo(two.epoch);
    }

    @Test
    void changesOfAllAreToldAlsoWhenThoseOfOneFail() {
        StepVerifier.create(merged.changes())
                .then(() -> one.changes.next(LOG))
                .expectNext(LOG)
                .then(() -> one.changes.error(new IllegalStateException("lost")))
                .then(() -> two.changes.next(OTHER))
                .expectNext(OTHER)
                .thenCancel()
                .verify();
    }

    private Flux<Long> positions() {
        return merged.segments(Positions.NONE).map(segment -> segment.id().seqno());
    }

    private static WalSegmentPayload segment(long seq) {
        return new WalSegmentPayload(new WalSegmentId(LOG, seq), new byte[0], 1);
    }
}
