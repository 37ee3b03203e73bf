package io.walreceiver.health;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether the receiver should be read from: while it runs, once every log has caught up for the first time, as long as none is beyond
 * {@code maxLag}. What else is wrong degrades, as what is read is right, only older; where the policy is strict, that is decisive too.
 */
final class Readiness {

    private final HealthOptions options;
    private final CatchUp catchUp;

    Readiness(HealthOptions options) {
        this.options = options;
        this.catchUp = new CatchUp(options.grace());
    }

    /** @param live what liveness says of the same look */
    Health look(Look look, Health live) {
        List<Reason> reasons = new ArrayList<>();
        phase(look.status()).ifPresent(reasons::add);
        if (reasons.isEmpty()) {
            reasons.addAll(catchUp.look(look));
            look.status().logs().forEach(log -> lag(log).ifPresent(reasons::add));
        }
        degraded(look, reasons);
        reasons.addAll(live.reasons());
        return Health.of(
                options.strict() ? reasons.stream().map(Reason::asDecisive).toList() : reasons);
    }

    private static Optional<Reason> phase(ReceiverStatus status) {
        return Optional.ofNullable(
                switch (status.phase()) {
                    case NEW -> Reason.decisive("not started", "nobody follows yet", "subscribe to receive()");
                    case RECOVERING ->
                        Reason.decisive(
                                "recovering",
                                status.recovery()
                                        .map(recovery -> "what is stored is read back: " + recovery.doneBytes() + " of "
                                                + recovery.totalBytes() + " bytes so far")
                                        .orElse("what is stored is read back"),
                                "it becomes ready by itself; reads see only a part until then");
                    case RUNNING -> null;
                    case STOPPING ->
                        Reason.decisive(
                                "stopping",
                                "no more segments are taken",
                                "it ends by itself; read from another follower");
                    case STOPPED ->
                        Reason.decisive(
                                "stopped", "nothing is followed any more", "start it again; its log says why it ended");
                });
    }

    /** Also of a log in trouble: who sets a bound wants no older reads, whatever the reason. */
    private Optional<Reason> lag(LogStatus log) {
        return options.maxLag()
                .flatMap(
                        most -> staleness(log)
                                .filter(age -> age.compareTo(most) > 0)
                                .map(
                                        age -> Reason.decisive(
                                                log.log(),
                                                "lag",
                                                "log " + log.log() + " may be " + age.toMillis()
                                                        + " ms behind, more than maxLag=" + most.toMillis() + " ms",
                                                "it becomes ready by itself when it has caught up; if it does not, see its state and its source")));
    }

    /** How old what is read may be: the leader may have written since its last heartbeat. */
    private static Optional<Duration> staleness(LogStatus log) {
        return log.lagTime().flatMap(lag -> log.heartbeatAge().map(lag::plus));
    }

    private void degraded(Look look, List<Reason> reasons) {
        ReceiverStatus status = look.status();
        for (LogStatus log : status.logs()) {
            if (log.state() != LogState.RUNNING && log.state() != LogState.RECOVERING) {
                reasons.add(Reason.degrades(
                        log.log(),
                        log.state().toString(),
                        log.cause().orElse("log " + log.log() + " does not move"),
                        NextStep.of(log.state())));
            } else if (log.lagEvents().isEmpty()
                    || (options.maxLag().isPresent() && staleness(log).isEmpty())) {
                reasons.add(Reason.degrades(
                        log.log(),
                        "lag unknown",
                        "log " + log.log() + ": its source has not said how far it has written",
                        "check that its source is connected; one that pushes says it by PUT /v1/heads"));
            }
        }
        for (SourceState source : look.sources()) {
            if (!source.connected()) {
                reasons.add(Reason.degrades(
                        "source", source.text(), "it is tried again by itself; check that it runs and can be reached"));
            }
        }
        if (status.roomRanOut()) {
            reasons.add(Reason.degrades(
                    "room",
                    "logs that stand still pin so much memory that others had to be let go",
                    "raise maxInFlightBytes, and put a deadline on a ledger part that waits"));
        }
        if (status.tooManyLogs()) {
            reasons.add(Reason.degrades(
                    "too many logs",
                    "segments of logs beyond maxLogs are let go, and not among these",
                    "raise maxLogs"));
        }
    }
}
