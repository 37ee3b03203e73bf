package io.walreceiver.server.web.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.server.web.SourceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogExplanationTest {

    private static final Duration MOVES = Duration.ZERO;
    private static final SourceStatus GONE =
            new SourceStatus("tcp://a:1", "connecting", "a:1: connection refused, tried again in 4 s", 3);
    private static final SourceStatus THERE = new SourceStatus("tcp://b:1", "connected", "connected", 0);

    @Test
    void caughtUp() {
        assertThat(why(running(4096, 4096L, 3), MOVES))
                .isEqualTo("It is caught up through event 4,096; the last heartbeat is less than 10 s old.");
        assertThat(why(running(4096, 4096L, 25), MOVES)).endsWith("the last heartbeat is 20 s old.");
    }

    @Test
    void caughtUpLongAgo() {
        LogExplanation told = LogExplanation.of(running(7, 7L, 300), Phase.RUNNING, MOVES, List.of(THERE, GONE));

        assertThat(told.why())
                .isEqualTo(
                        "It was caught up through event 7 at the last heartbeat, which is 5 min old: there may be more."
                                + " Source a:1: connection refused, tried again in 4 s.");
        assertThat(told.next()).isNotEmpty();
    }

    @Test
    void nobodyCanSend() {
        LogExplanation told = LogExplanation.of(running(7, 7L, 1), Phase.RUNNING, MOVES, List.of(GONE));

        assertThat(told.why()).contains("less than 10 s old: there may be more.", "connection refused");
        assertThat(told.next()).isNotEmpty();
        assertThat(LogExplanation.of(running(7, 7L, 1), Phase.RUNNING, MOVES, List.of(GONE, THERE))
                        .next())
                .isEmpty();
    }

    @Test
    void whoListensIsNotToBlame() {
        SourceStatus pushed = new SourceStatus("http://c:1", "listening", "taking segments", 0);

        assertThat(LogExplanation.of(running(7, 7L, 300), Phase.RUNNING, MOVES, List.of(pushed))
                        .why())
                .doesNotContain("Source");
    }

    @Test
    void caughtUpAsFarAsIsKnown() {
        assertThat(why(running(7, 7L, null), MOVES)).contains("as far as is known", "no heartbeat has come");
    }

    @Test
    void moving() {
        assertThat(why(running(1000, 31_412L, 1), MOVES)).isEqualTo("It moves, and is 30,412 events behind.");
        assertThat(why(running(1000, 1001L, 1), MOVES)).isEqualTo("It moves, and is 1 event behind.");
        assertThat(why(running(1000, null, null), MOVES)).contains("It moves", "unknown");
    }

    @Test
    void nothingComes() {
        LogExplanation told =
                LogExplanation.of(running(1000, 2000L, 1), Phase.RUNNING, Duration.ofSeconds(47), List.of(GONE));

        assertThat(told.why())
                .contains("nothing has come for 40 s", "1,000 events behind", "connection refused")
                .doesNotContain("..");
    }

    @Test
    void nothingIsApplied() {
        LogStatus slow = status(LogState.RUNNING, null, 1500, 1000, 2000L, 1);

        assertThat(why(slow, Duration.ofMinutes(3)))
                .contains("Events through 1,500 have come", "nothing was applied for 3 min");
    }

    @Test
    void nothingIsKnown() {
        assertThat(why(running(1000, null, null), Duration.ofHours(3))).startsWith("Unknown: all that came is applied");
    }

    @Test
    void theReceiversPhaseGoesFirst() {
        LogStatus gap = status(LogState.GAP, "log 1:3: x", 4, 4, 9L, 1);

        assertThat(LogExplanation.of(gap, Phase.STOPPED, MOVES, List.of()).why())
                .startsWith("The receiver has ended");
        assertThat(LogExplanation.of(gap, Phase.STOPPING, MOVES, List.of()).why())
                .startsWith("The receiver is stopping");
        assertThat(LogExplanation.of(running(4, 9L, 1), Phase.RECOVERING, MOVES, List.of())
                        .why())
                .contains("read back");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RUNNING")
    void everyStateIsExplainedWithItsCause(LogState state) {
        LogExplanation told = LogExplanation.of(
                status(state, "log 1:3: this is why\u202e\n", 4, 4, 9L, 1), Phase.RUNNING, MOVES, List.of());

        assertThat(told.why()).startsWith("It ").endsWith(" after event 4: this is why??.");
        assertThat(told.next().isEmpty()).isEqualTo(state == LogState.RECOVERING);
    }

    @ParameterizedTest
    @EnumSource
    void everyStateHasItsRowInTheTableForOperators(LogState state) throws IOException {
        Path operating =
                Path.of(System.getProperty("vectors")).resolveSibling("docs").resolve("operating.md");
        String why = why(status(state, "log 1:3: why", 4, 4, 4L, 1), MOVES);
        String begins = state == LogState.RUNNING ? "It is caught up" : why.substring(0, why.indexOf(" after event"));

        assertThat(why).startsWith(begins);
        assertThat(Files.readString(operating)).contains("\n| `" + state + "` | `" + begins + "`");
    }

    @Test
    void withoutACauseItSaysSo() {
        assertThat(why(status(LogState.FAILED, null, 4, 4, 9L, 1), MOVES)).endsWith("the cause is unknown.");
    }

    private static String why(LogStatus log, Duration still) {
        return LogExplanation.of(log, Phase.RUNNING, still, List.of()).why();
    }

    private static LogStatus running(long applied, @Nullable Long head, @Nullable Integer heartbeatSeconds) {
        return status(LogState.RUNNING, null, applied, applied, head, heartbeatSeconds);
    }

    private static LogStatus status(
            LogState state,
            @Nullable String cause,
            long received,
            long applied,
            @Nullable Long head,
            @Nullable Integer heartbeatSeconds) {
        return new LogStatus(
                new LogId(1, 3),
                state,
                Optional.ofNullable(cause),
                received,
                applied,
                applied,
                applied,
                applied,
                head == null ? OptionalLong.empty() : OptionalLong.of(head),
                Optional.empty(),
                Optional.ofNullable(heartbeatSeconds).map(Duration::ofSeconds),
                Optional.empty(),
                0,
                0,
                0,
                List.of(),
                0);
    }
}
