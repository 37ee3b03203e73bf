package io.walreceiver.health;

import static io.walreceiver.health.Seen.A;
import static io.walreceiver.health.Seen.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.health.Health.Verdict;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Ready once first caught up; what is wrong then degrades. */
class ReadinessTest {

    private static final int GRACE = 10;
    private static final Health LIVE = Health.of(List.of());

    private final Seen seen = new Seen();
    private Readiness readiness = new Readiness(HealthOptions.defaults());

    // ---- first caught up

    @Test
    void aLogThatHoldsItsHeadHasCaughtUpAtTheSecondLook() {
        seen.withHead(A, 10, 10);
        assertThat(words(look())).containsExactly("catching up");
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void everyLogIsWaitedForAndNamed() {
        seen.withHead(A, 10, 10);
        seen.withHead(B, 5, 1_000_000);
        Health health = after(1000);
        assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(health.reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.log()).hasValue(B);
            assertThat(reason.text()).isEqualTo("log 1:1 has applied 5, its head is 1000000");
            assertThat(reason.decisive()).isTrue();
        });
        seen.withHead(B, 1_000_000, 1_000_000);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aLogWhoseHeadIsNeverReachedHasCaughtUpWhenItIsSecondsBehind() {
        Health health = LIVE;
        for (int second = 1; second <= 30; second++) { // 3 s behind, for ever
            seen.withHead(A, second * 100L, second * 100L + 300);
            health = look();
            if (second < 4) {
                assertThat(health.isOk()).isFalse();
            }
        }
        assertThat(health.verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aLogThatStaysMinutesBehindHasNot() {
        for (int second = 1; second <= 1000; second++) { // 100 s behind
            seen.withHead(A, second * 100L, second * 100L + 10_000);
            assertThat(look().isOk()).isFalse();
        }
        for (int second = 1;
                second <= 130;
                second++) { // twice as fast as its leader: 98 s behind, 97 ... and in the end 9
            seen.withHead(A, 100_000 + second * 200L, 110_000 + second * 100L);
            boolean ready = look().isOk();
            assertThat(ready && second < 75).isFalse();
        }
        assertThat(look().isOk()).isTrue();
    }

    @Test
    void onceReadyIsReadyHoweverFarALogFallsBehindOrComesAnew() {
        seen.withHead(A, 10, 10);
        after(2);
        seen.withHead(A, 10, 1_000_000);
        seen.withHead(B, 0, 1_000_000);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"RUNNING", "RECOVERING"})
    void aLogInTroubleFromTheStartIsWaitedForWhileItMovesAndNoLonger(LogState state) {
        seen.withHead(A, 10, 10);
        for (int n = 0; n < 100; n++) {
            seen.log(B, state, n, 0);
            assertThat(words(look())).contains("catching up", state.toString());
        }
        assertThat(after(GRACE - 1).verdict()).isEqualTo(Verdict.DOWN);
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.log()).hasValue(B);
            assertThat(reason.word()).isEqualTo(state.toString());
            assertThat(reason.text()).isEqualTo("log 1:1: why it is " + state);
            assertThat(reason.next()).isNotBlank();
        });
    }

    @Test
    void aLogThatIsReadBackAgainIsWaitedFor() {
        seen.log(A, LogState.RECOVERING, 0, 0);
        assertThat(after(1000).verdict()).isEqualTo(Verdict.DOWN);
    }

    @Test
    void aHeadThatIsNeverSaidIsWaitedForNoLongerThanTheGrace() {
        for (int n = 0; n < GRACE; n++) {
            seen.log(A, LogState.RUNNING, n, 100); // pushes come all the time
            assertThat(look().isOk()).isFalse();
        }
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(words(health)).containsExactly("lag unknown");
    }

    @Test
    void aHeadThatComesWithinTheGraceIsChased() {
        seen.log(A, LogState.RUNNING, 5, 0);
        after(GRACE);
        seen.withHead(A, 5, 100);
        assertThat(after(100).isOk()).isFalse();
        seen.withHead(A, 100, 100);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    // ---- nothing has come yet

    @Test
    void emptinessIsReadyOnlyIfASourceVouchesForIt() {
        seen.sources = List.of(Seen.source("tcp://leader", false));
        Health alone = after(1000);
        assertThat(alone.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(words(alone)).containsExactly("no log", "source");
        seen.sources = List.of(Seen.source("tcp://leader", true));
        assertThat(after(GRACE).verdict()).isEqualTo(Verdict.DOWN);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aSourceThatGoesAwayBeforeTheGraceIsOverVouchesForNothing() {
        seen.sources = List.of(Seen.source("tcp://leader", true));
        after(GRACE);
        seen.sources = List.of(Seen.source("tcp://leader", false));
        after(1);
        seen.sources = List.of(Seen.source("tcp://leader", true));
        assertThat(after(GRACE).verdict()).isEqualTo(Verdict.DOWN);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void sourcesThatNobodyKnowsCountAsConnected() {
        assertThat(after(GRACE).verdict()).isEqualTo(Verdict.DOWN);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aSecondSourceIsWaitedForAtTheStartAndThenDegrades() {
        seen.sources = List.of(Seen.source("tcp://a", true), Seen.source("tcp://b", false));
        seen.withHead(A, 10, 10);
        assertThat(after(GRACE).verdict()).isEqualTo(Verdict.DOWN);
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.reasons()).extracting(Reason::text).containsExactly("tcp://b is not there");
    }

    @Test
    void whatWasStoredIsReadThoughItsLeaderIsGone() {
        seen.sources = List.of(Seen.source("tcp://leader", false));
        seen.log(A, LogState.RUNNING, 1000, 0);
        assertThat(after(GRACE).verdict()).isEqualTo(Verdict.DOWN);
        assertThat(look().verdict()).isEqualTo(Verdict.DEGRADED);
    }

    // ---- once it was ready

    @ParameterizedTest
    @CsvSource({"NEW, not started", "RECOVERING, recovering", "STOPPING, stopping", "STOPPED, stopped"})
    void onlyAReceiverThatRunsIsReady(Phase phase, String word) {
        ready();
        seen.phase = phase;
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(words(health)).containsExactly(word);
    }

    @Test
    void aRecoverySaysHowFarItIs() {
        seen.phase = Phase.RECOVERING;
        assertThat(look().reasons().get(0).text()).isEqualTo("what is stored is read back: 5 of 10 bytes so far");
    }

    @Test
    void anAlarmDegrades() {
        ready();
        seen.roomRanOut = true;
        seen.tooManyLogs = true;
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(words(health)).containsExactly("room", "too many logs");
    }

    @Test
    void whatStandsStillDegradesAndAStallIsNotReady() {
        ready();
        Reason still = Reason.degrades(A, "standing still", "log 1:0 ...", "...");
        assertThat(readiness.look(seen.look(), Health.of(List.of(still))).verdict())
                .isEqualTo(Verdict.DEGRADED);
        assertThat(readiness
                        .look(seen.look(), Health.of(List.of(still.asDecisive())))
                        .verdict())
                .isEqualTo(Verdict.DOWN);
    }

    @Test
    void strictTurnsWhatDegradesIntoNotReady() {
        readiness = new Readiness(HealthOptions.builder().strict(true).build());
        ready();
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
        seen.log(B, LogState.GAP, 5, 0);
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(health.reasons()).allMatch(Reason::decisive);
        seen.withHead(B, 5, 5);
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void decisiveReasonsComeFirstThenThoseOfNoLogThenByLog() {
        ready();
        seen.log(B, LogState.GAP, 5, 0);
        seen.log(A, LogState.DISK_FULL, 5, 0);
        seen.roomRanOut = true;
        seen.phase = Phase.STOPPING;
        assertThat(words(look())).containsExactly("stopping", "room", "disk full", "gap");
    }

    // ---- maxLag

    @ParameterizedTest
    @CsvSource({
        "RUNNING, 0, 500, UP",
        "RUNNING, 1500, 500, UP",
        "RUNNING, 1501, 500, DOWN",
        "RUNNING, 0, 2001, DOWN", // the leader is gone: nobody knows how much it has written since
        "GAP, 0, 0, DEGRADED",
        "GAP, 3000, 0, DOWN",
    })
    void beyondMaxLagItIsNotReady(LogState state, long lagMillis, long ageMillis, Verdict expected) {
        readiness = new Readiness(
                HealthOptions.builder().maxLag(Duration.ofSeconds(2)).build());
        ready();
        seen.withLag(B, state, Duration.ofMillis(lagMillis), Duration.ofMillis(ageMillis));
        seen.withLag(A, LogState.RUNNING, Duration.ZERO, Duration.ZERO);
        assertThat(look().verdict()).isEqualTo(expected);
    }

    @Test
    void withoutMaxLagNoLagMatters() {
        ready();
        seen.withLag(B, LogState.RUNNING, Duration.ofDays(1), Duration.ofDays(1));
        assertThat(look().verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void anUnknownLagIsNotBeyondAnyBound() {
        readiness = new Readiness(
                HealthOptions.builder().maxLag(Duration.ofSeconds(2)).build());
        ready();
        seen.withHead(B, 10, 10); // by a source that says no time
        Health health = look();
        assertThat(health.verdict()).isEqualTo(Verdict.DEGRADED);
        assertThat(health.reasons())
                .extracting(Reason::log, Reason::word)
                .containsExactly(tuple(Optional.of(A), "lag unknown"), tuple(Optional.of(B), "lag unknown"));
    }

    // ---- options

    @Test
    void anOptionOutOfItsRangeIsNamed() {
        assertThatThrownBy(
                        () -> HealthOptions.builder().stallAfter(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stallAfter=PT0S is out of range: must be PT2S to PT24H");
        assertThatThrownBy(() -> HealthOptions.builder().maxLag(Duration.ZERO).build())
                .hasMessageContaining("maxLag=PT0S");
        assertThatThrownBy(() ->
                        HealthOptions.builder().grace(Duration.ofNanos(-1)).build())
                .hasMessageContaining("grace=");
        assertThatThrownBy(
                        () -> HealthOptions.builder().lookEvery(Duration.ZERO).build())
                .hasMessageContaining("lookEvery=");
    }

    // ----

    private void ready() {
        seen.withHead(A, 10, 10);
        after(2);
    }

    private Health look() {
        return readiness.look(seen.look(), LIVE);
    }

    private Health after(int looks) {
        Health health = LIVE;
        for (int n = 0; n < looks; n++) {
            health = look();
        }
        return health;
    }

    private static List<String> words(Health health) {
        return health.reasons().stream().map(Reason::word).toList();
    }
}
