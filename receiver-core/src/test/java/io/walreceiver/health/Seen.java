package io.walreceiver.health;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.RecoveryStatus;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A receiver as a test wants it to be seen, a second after the other. */
final class Seen {

    static final LogId A = new LogId(1, 0);
    static final LogId B = new LogId(1, 1);

    final Map<LogId, LogStatus> logs = new TreeMap<>();
    Phase phase = Phase.RUNNING;
    OutcomeCounts outcomes = new OutcomeCounts(0, 0, 0, 0, 0, 0, 0);
    boolean outcomeWanted = true;
    List<SourceState> sources = List.of();
    boolean roomRanOut;
    boolean tooManyLogs;
    private long seconds;

    /** A log that has applied what it received, and may have bytes that wait. */
    void log(LogId log, LogState state, long applied, long waitingBytes) {
        log(log, state, applied, waitingBytes, 0, OptionalLong.empty(), Optional.empty(), Optional.empty());
    }

    void withHead(LogId log, long applied, long head) {
        log(log, LogState.RUNNING, applied, 0, 0, OptionalLong.of(head), Optional.empty(), Optional.empty());
    }

    void withLag(LogId log, LogState state, Duration lag, Duration heartbeatAge) {
        log(log, state, 10, 0, 0, OptionalLong.of(10), Optional.of(lag), Optional.of(heartbeatAge));
    }

    void log(
            LogId log,
            LogState state,
            long applied,
            long waitingBytes,
            long heldBytes,
            OptionalLong head,
            Optional<Duration> lag,
            Optional<Duration> heartbeatAge) {
        boolean well = state == LogState.RUNNING;
        logs.put(
                log,
                new LogStatus(
                        log,
                        state,
                        well ? Optional.empty() : Optional.of("log " + log + ": why it is " + state),
                        applied,
                        applied,
                        applied,
                        applied,
                        applied,
                        head,
                        lag,
                        heartbeatAge,
                        Optional.empty(),
                        heldBytes > 0 ? 1 : 0,
                        heldBytes,
                        0,
                        List.of(),
                        waitingBytes + heldBytes));
    }

    void duplicate() {
        outcomes = new OutcomeCounts(0, outcomes.duplicate() + 1, 0, 0, 0, 0, 0);
    }

    static SourceState source(String name, boolean connected) {
        return new SourceState(name, connected, name + (connected ? " is there" : " is not there"), 0, Map.of());
    }

    void pass(long more) {
        seconds += more;
    }

    Look look() {
        pass(1);
        ReceiverStatus status = new ReceiverStatus(
                phase,
                List.copyOf(logs.values()),
                phase == Phase.RECOVERING
                        ? Optional.of(new RecoveryStatus(5, 10, Duration.ofSeconds(1)))
                        : Optional.empty(),
                0,
                0,
                roomRanOut,
                tooManyLogs);
        return new Look(status, outcomes, outcomeWanted, sources, seconds * 1_000_000_000L);
    }
}
