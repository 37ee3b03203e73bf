package io.walreceiver.transport.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendingLogTest {

    /** Ten events of one byte each, starting at {@code first}. */
    private static final class Ten extends Outgoing {

        private final long first;
        private boolean changed;

        Ten(long first) {
            this.first = first;
        }

        @Override
        public long firstSeq() {
            return first;
        }

        @Override
        public long lastSeq() {
            return first + 9;
        }

        @Override
        public long sizeBytes() {
            return 10;
        }

        @Override
        public boolean changed() {
            return changed;
        }
    }

    private final List<Long> released = new ArrayList<>();
    private final List<Ten> all = new ArrayList<>();

    private SendingLog<Ten> log(long windowBytes, long... firsts) {
        SendingLog<Ten> log = new SendingLog<>(
                new LogId(1, 0), windowBytes, Comparator.comparingLong(Ten::firstSeq), ten -> released.add(ten.first));
        for (long first : firsts) {
            all.add(new Ten(first));
            log.add(all.get(all.size() - 1));
        }
        return log;
    }

    /** Sends all that can go. */
    private static List<Long> send(SendingLog<Ten> log) {
        List<Long> sent = new ArrayList<>();
        for (Ten next = log.next(); next != null; next = log.next()) {
            log.sent(next);
            sent.add(next.first);
        }
        return sent;
    }

    @Test
    void whatIsInFlightStaysWithinTheWindow() {
        SendingLog<Ten> log = log(25, 1, 11, 21, 31);
        assertThat(send(log)).containsExactly(1L, 11L);
        log.acknowledge(9);
        assertThat(send(log)).isEmpty();
        log.acknowledge(20);
        assertThat(send(log)).containsExactly(21L, 31L);
        log.acknowledge(40);
        assertThat(released).containsExactly(1L, 11L, 21L, 31L);
        assertThat(log.segments()).isEmpty();
    }

    @Test
    void whatTheFollowerNeedsNextGoesThoughTheWindowIsFull() {
        SendingLog<Ten> log = log(20, 1, 21, 31, 41);
        assertThat(send(log)).containsExactly(1L, 21L);
        log.acknowledge(10);
        assertThat(send(log)).containsExactly(31L);
        log.add(new Ten(11));
        assertThat(send(log)).containsExactly(11L);
        assertThat(send(log)).isEmpty();
    }

    @Test
    void requestSendsAgainFromTheSegmentThatHoldsTheEvent() {
        SendingLog<Ten> log = log(100, 1, 11, 21);
        send(log);
        log.request(15);
        assertThat(send(log)).containsExactly(11L, 21L);
        log.request(99);
        assertThat(send(log)).isEmpty();
    }

    @Test
    void requestLeavesNothingOut() {
        SendingLog<Ten> log = log(10, 1, 11, 21);
        assertThat(send(log)).containsExactly(1L);
        log.request(21);
        log.acknowledge(10);
        assertThat(send(log)).containsExactly(11L);
    }

    @Test
    void whatIsAcknowledgedMeanwhileIsNotSentAgain() {
        SendingLog<Ten> log = log(100, 1, 11, 21);
        send(log);
        log.request(1);
        log.acknowledge(20);
        assertThat(send(log)).containsExactly(21L);
        assertThat(released).containsExactly(1L, 11L);
    }

    @Test
    void aSegmentBelowTheAcknowledgedPositionIsSentOnceAndReleased() {
        SendingLog<Ten> log = log(10);
        log.acknowledge(50);
        log.add(new Ten(1));
        log.add(new Ten(11));
        assertThat(send(log)).containsExactly(1L, 11L);
        assertThat(released).containsExactly(1L, 11L);
    }

    @Test
    void nothingGoesWhileOnHold() {
        SendingLog<Ten> log = log(10, 1, 11);
        send(log);
        log.hold(11);
        log.acknowledge(10);
        assertThat(log.next()).isNull();
        log.request(11);
        assertThat(send(log)).containsExactly(11L);
    }

    @Test
    void acknowledgingWhatWasLetGoEndsTheHold() {
        SendingLog<Ten> log = log(100, 1, 11, 21);
        send(log);
        log.hold(11); // and then another copy of 11..20 gets through
        log.acknowledge(10);
        assertThat(log.next()).isNull();
        log.acknowledge(20);
        assertThat(send(log)).containsExactly(21L);
    }

    @Test
    void anEndedLogIsFinishedWhenAllWasSent() {
        SendingLog<Ten> log = log(10, 1, 11);
        send(log);
        assertThat(log.finished()).isFalse();
        log.end();
        assertThat(log.finished()).isFalse();
        log.acknowledge(10);
        send(log);
        assertThat(log.finished()).isTrue();
    }

    @Test
    void whatWasLetGoKeepsItFromFinishingUntilItIsAcknowledgedOrSentAgain() {
        SendingLog<Ten> log = log(100, 1, 11);
        log.end();
        send(log);
        log.hold(11);
        assertThat(log.finished()).isFalse();
        log.request(11);
        assertThat(send(log)).containsExactly(11L);
        assertThat(log.finished()).isTrue();
        log.hold(11);
        log.acknowledge(20);
        assertThat(log.finished()).isTrue();
        log.hold(500);
        assertThat(log.finished()).isTrue();
    }

    @Test
    void aRequestInVainIsNotAnsweredWhenNothingElseWaits() {
        SendingLog<Ten> log = log(100, 1, 11);
        log.end();
        send(log);
        log.request(1);
        assertThat(log.next()).isNull();
        assertThat(log.finished()).isTrue();
    }

    @Test
    void aRequestInVainIsAnsweredOnceWhileOthersWait() {
        SendingLog<Ten> log = log(100, 1, 11, 21, 31);
        log.end();
        send(log);
        log.hold(31);
        log.request(11);
        assertThat(send(log)).containsExactly(11L, 21L, 31L);
        log.hold(31);
        assertThat(log.finished()).isFalse();
        log.request(11);
        assertThat(log.next()).isNull();
        assertThat(log.finished()).isTrue();
    }

    @Test
    void anythingThatMovesOnMakesARequestWorthAnswering() {
        SendingLog<Ten> log = log(100, 1, 11, 21, 31);
        log.end();
        send(log);
        for (int i = 0; i < 3; i++) {
            log.hold(31);
            log.request(11);
            assertThat(send(log)).as("round %s", i).startsWith(11L);
            log.acknowledge(i + 1);
        }
        log.hold(31);
        log.request(11);
        send(log);
        log.hold(31);
        log.request(12);
        assertThat(send(log)).containsExactly(11L, 21L, 31L);
        log.hold(31);
        log.request(12);
        assertThat(log.finished()).isTrue();
        all.get(1).changed = true;
        log.request(12);
        assertThat(log.finished()).isFalse();
        assertThat(send(log)).containsExactly(11L, 21L, 31L);
    }

    @Test
    void aHoleAtTheSourceFinishesToo() {
        SendingLog<Ten> log = log(100, 1, 21, 31);
        log.end();
        send(log);
        log.hold(21);
        log.request(11);
        assertThat(send(log)).containsExactly(21L, 31L);
        log.hold(21);
        log.request(11);
        assertThat(log.finished()).isTrue();
    }

    @Test
    void aFullWindowBehindAGapThatCannotHealFinishes() {
        SendingLog<Ten> log = log(30, 1, 11, 21, 31, 41, 51);
        log.end();
        assertThat(send(log)).containsExactly(1L, 11L, 21L);
        log.acknowledge(10);
        assertThat(send(log)).containsExactly(31L);
        log.request(11); // 11 is corrupt
        assertThat(send(log)).containsExactly(11L, 21L, 31L);
        assertThat(log.finished()).isFalse();
        log.request(11);
        assertThat(log.finished()).isTrue();
        log.acknowledge(20); // it was on its way after all
        assertThat(log.finished()).isFalse();
        assertThat(send(log)).containsExactly(41L);
    }

    @Test
    void aLogStopsBeforeWhatCannotBeReadAndFinishesWithoutIt() {
        SendingLog<Ten> log = log(100, 1, 11, 21);
        log.end();
        log.sent(all.get(0));
        log.stopAt(all.get(1));
        assertThat(log.next()).isNull();
        assertThat(log.finished()).isTrue();
        log.hold(1);
        assertThat(log.finished()).isFalse();
        log.request(1);
        assertThat(send(log)).containsExactly(1L, 11L, 21L);
        log.stopAt(all.get(1));
        log.remove(all.get(1));
        log.retry();
        assertThat(log.finished()).isTrue();
    }

    @Test
    void aRestartForgetsHoldsAndRequestsAndReleasesWhatThePositionCovers() {
        SendingLog<Ten> log = log(100, 1, 11, 21);
        send(log);
        log.hold(11);
        log.restart(15);
        assertThat(released).containsExactly(1L);
        assertThat(send(log)).containsExactly(11L, 21L);
        log.restart(0);
        assertThat(send(log)).containsExactly(11L, 21L);
    }

    @Test
    void aReplacedSegmentIsSentAgainAlone() {
        SendingLog<Ten> log = log(20, 1, 11, 21);
        send(log);
        log.again(all.get(0));
        assertThat(send(log)).containsExactly(1L);
        log.acknowledge(20);
        assertThat(send(log)).containsExactly(21L);
    }

    @Test
    void aClaimIsNoMoreThanTheBytesHaveRoomFor() {
        assertThat(Outgoing.plausibleLast(11, 10, 64 + 210)).isEqualTo(20);
        assertThat(Outgoing.plausibleLast(11, Long.MAX_VALUE, 64 + 210)).isEqualTo(20);
        assertThat(Outgoing.plausibleLast(11, 5, 64 + 210)).isEqualTo(15);
        assertThat(Outgoing.plausibleLast(11, 0, 0)).isEqualTo(11);
        assertThat(Outgoing.plausibleLast(11, -1, 0)).isEqualTo(11);
        assertThat(Outgoing.plausibleLast(0, 10, 274)).isZero();
        assertThat(Outgoing.plausibleLast(-1, 10, 274)).isZero();
        assertThat(Outgoing.plausibleLast(Long.MAX_VALUE, 1, 274)).isZero();
        assertThat(Outgoing.plausibleLast(Long.MAX_VALUE - 1, 1, 274)).isEqualTo(Long.MAX_VALUE - 1);
    }
}
