package io.walreceiver.health;

import static io.walreceiver.health.Seen.A;
import static io.walreceiver.health.Seen.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.health.Health.Verdict;
import io.walreceiver.log.LogState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Down only if something hangs. */
class LivenessTest {

    private static final int LONG = 1000;

    private final Seen seen = new Seen();
    private final Liveness liveness = new Liveness(HealthOptions.defaults());

    @Test
    void workThatWaitsWhileNothingMovesIsAStallAfterAMinute() {
        seen.log(A, LogState.RUNNING, 10, 500);
        assertThat(after(60).verdict()).isEqualTo(Verdict.UP);
        Health stalled = after(1);
        assertThat(stalled.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(stalled.reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.log()).hasValue(A);
            assertThat(reason.word()).isEqualTo("standing still");
            assertThat(reason.text())
                    .isEqualTo(
                            "log 1:0 has not moved for 60 s, while 500 bytes wait; it has received 10 and applied 10");
            assertThat(reason.next()).contains("thread dump");
        });

        seen.log(A, LogState.RUNNING, 11, 500);
        assertThat(after(1)).isEqualTo(Health.of(List.of()));
    }

    @Test
    void verifiedEventsThatAreNotAppliedAreWorkToo() {
        seen.log(A, LogState.RUNNING, 10, 0);
        LogStatus log = seen.logs.get(A);
        seen.logs.put(
                A,
                new LogStatus(
                        A,
                        log.state(),
                        log.cause(),
                        20,
                        20,
                        20,
                        10,
                        10,
                        log.head(),
                        log.lagTime(),
                        log.heartbeatAge(),
                        log.epoch(),
                        0,
                        0,
                        0,
                        log.skips(),
                        0));
        assertThat(after(61).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void anIdleLogIsNoStall() {
        seen.log(A, LogState.RUNNING, 10, 0);
        assertThat(after(LONG).verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void whatIsHeldIsNotWorkThatWaits() {
        seen.log(A, LogState.RUNNING, 10, 0, 5000, OptionalLong.of(99), Optional.empty(), Optional.empty());
        assertThat(after(LONG).verdict()).isEqualTo(Verdict.UP);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
    void aLogInTroubleIsNoStallWhateverItHolds(LogState state) {
        seen.log(A, state, 10, 500, 5000, OptionalLong.of(99), Optional.empty(), Optional.empty());
        assertThat(after(LONG).verdict()).isEqualTo(Verdict.UP);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
    void nothingIsAStallWhileTheReceiverDoesNotRun(Phase phase) {
        seen.phase = phase;
        seen.log(A, LogState.RUNNING, 10, 500);
        assertThat(after(LONG).verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aConsumerWithoutDemandIsNoStall() {
        seen.log(A, LogState.RUNNING, 10, 500);
        assertThat(after(31).verdict()).isEqualTo(Verdict.UP);
        seen.outcomeWanted = false;
        assertThat(after(LONG).verdict()).isEqualTo(Verdict.UP);
        seen.outcomeWanted = true;
        assertThat(after(29).verdict()).as("time with demand adds up").isEqualTo(Verdict.UP);
        assertThat(after(1).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void oneLogThatMovesKeepsAllAliveAndTheOtherDegrades() {
        seen.log(A, LogState.RUNNING, 10, 500);
        Health health = Health.of(List.of());
        for (int n = 0; n < 100; n++) {
            seen.log(B, LogState.RUNNING, n, 500);
            health = liveness.look(seen.look());
        }
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.reasons()).extracting(Reason::log).containsExactly(Optional.of(A));
    }

    @Test
    void twoLogsThatStandStillAreBothNamed() {
        seen.log(A, LogState.RUNNING, 10, 500);
        after(20);
        seen.log(B, LogState.RUNNING, 7, 300);
        assertThat(after(60).verdict())
                .as("a log that comes is a log that moves")
                .isEqualTo(Verdict.DEGRADED);
        assertThat(after(1).reasons()).extracting(Reason::log).containsExactly(Optional.of(A), Optional.of(B));
        assertThat(liveness.look(seen.look()).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void duplicatesAreMovementThoughNoPositionIs() {
        seen.log(A, LogState.RUNNING, 10, 500);
        for (int n = 0; n < LONG; n++) {
            seen.duplicate();
            assertThat(liveness.look(seen.look()).isOk()).isTrue();
        }
    }

    @Test
    void bytesThatBecomeFewerAreMovementBytesThatBecomeMoreAreNot() {
        Health health = Health.of(List.of());
        for (int n = 0; n < 62; n++) {
            seen.log(A, LogState.RUNNING, 10, 500 + n);
            health = liveness.look(seen.look());
        }
        assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
        seen.log(A, LogState.RUNNING, 10, 1);
        assertThat(liveness.look(seen.look()).verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void timeInWhichNobodyLookedDoesNotCount() {
        seen.log(A, LogState.RUNNING, 10, 500);
        after(50);
        seen.pass(3600); // the machine slept
        assertThat(after(1).verdict()).isEqualTo(Verdict.UP);
        assertThat(after(9).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void aClockThatIsSetBackDoesNoHarm() {
        seen.log(A, LogState.RUNNING, 10, 500);
        after(50);
        seen.pass(-3600);
        assertThat(after(11).verdict()).isEqualTo(Verdict.UP);
        assertThat(after(1).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void aLogThatGetsIntoTroubleAndOutOfItStartsOver() {
        seen.log(A, LogState.RUNNING, 10, 500);
        after(50);
        seen.log(A, LogState.GAP, 10, 500);
        after(1);
        seen.log(A, LogState.RUNNING, 10, 500);
        assertThat(after(60).verdict()).isEqualTo(Verdict.UP);
        assertThat(after(1).verdict()).isEqualTo(Verdict.DOWN);
    }

    private Health after(int looks) {
        Health health = Health.of(List.of());
        for (int n = 0; n < looks; n++) {
            health = liveness.look(seen.look());
        }
        return health;
    }
}
