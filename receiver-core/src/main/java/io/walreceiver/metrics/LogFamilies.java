package io.walreceiver.metrics;

import io.micrometer.core.instrument.Tags;
import io.walreceiver.LogStatus;
import io.walreceiver.log.LogState;
import io.walreceiver.transport.LeaderEpoch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Meters of each log, {@code log="region:shard"}. */
final class LogFamilies {

    static final List<Family> ALL = List.of(
            position("received", "last event of the unbroken run of verified segments", LogStatus::received),
            position("written", "last event that was written to the storage", LogStatus::written),
            position("durable", "last event that is durable", LogStatus::durable),
            position("applied", "last event that the ledger holds", LogStatus::applied),
            position("acknowledged", "last event that the sender was told it may forget", LogStatus::acknowledged),
            known(
                    "head.position",
                    null,
                    "last event that the leader has written; none if unknown",
                    log -> number(log.head())),
            known(
                    "lag.events",
                    null,
                    "events that the leader has written and the ledger does not hold; none if unknown",
                    log -> number(log.lagEvents())),
            known(
                    "lag",
                    "seconds",
                    "how far the ledger is behind, by the leader's stamps; none if unknown",
                    log -> seconds(log.lagTime())),
            known(
                    "lag.unknown",
                    null,
                    "1 if it is not known how far the leader has written, or else 0",
                    log -> flag(log.lagEvents().isEmpty())),
            known(
                    "heartbeat.age",
                    "seconds",
                    "time since the leader's last heartbeat; none if there was none",
                    log -> seconds(log.heartbeatAge())),
            known(
                    "degraded",
                    null,
                    "1 if the log is in any state but running or recovering, or else 0",
                    log -> flag(isDegraded(log))),
            new Family("walreceiver.log.state", null, "1 for the state that the log is in", false, LogFamilies::states),
            known(
                    "epoch",
                    null,
                    "the leader's epoch that is followed; none if there is none",
                    log -> number(log.epoch())),
            count(
                    "inflight",
                    "bytes",
                    "size of segments between arrival and outcome, held ones among them",
                    LogStatus::inFlightBytes),
            count("held", "bytes", "size of verified segments that wait behind a gap", LogStatus::heldBytes),
            count("held.segments", null, "verified segments that wait behind a gap", LogStatus::heldSegments),
            count("quarantined.segments", null, "refused segments that are kept aside", LogStatus::keptAside));

    private LogFamilies() {}

    static boolean isDegraded(LogStatus log) {
        return log.state() != LogState.RUNNING && log.state() != LogState.RECOVERING;
    }

    private static Family position(String name, String description, ToLongFunction<LogStatus> position) {
        return count(name + ".position", null, description + "; 0 for none", position);
    }

    private static Family count(
            String name, @Nullable String unit, String description, ToLongFunction<LogStatus> value) {
        return known(name, unit, description, log -> OptionalDouble.of(value.applyAsLong(log)));
    }

    private static Family known(
            String name, @Nullable String unit, String description, Function<LogStatus, OptionalDouble> value) {
        return Family.gauge("walreceiver.log." + name, unit, description, reading -> {
            Map<Tags, Double> samples = new HashMap<>();
            for (LogStatus log : reading.logs()) {
                value.apply(log)
                        .ifPresent(known -> samples.put(Tags.of("log", log.log().toString()), known));
            }
            return samples;
        });
    }

    private static Map<Tags, Double> states(Reading reading) {
        Map<Tags, Double> samples = new HashMap<>();
        for (LogStatus log : reading.logs()) {
            samples.put(
                    Tags.of("log", log.log().toString(), "state", log.state().toString()), 1.0);
        }
        return samples;
    }

    private static OptionalDouble number(OptionalLong value) {
        return value.isPresent() ? OptionalDouble.of(value.getAsLong()) : OptionalDouble.empty();
    }

    private static OptionalDouble number(Optional<LeaderEpoch> epoch) {
        return epoch.isPresent() ? OptionalDouble.of(epoch.get().number()) : OptionalDouble.empty();
    }

    private static OptionalDouble seconds(Optional<Duration> value) {
        return value.isPresent() ? OptionalDouble.of(value.get().toNanos() / 1e9) : OptionalDouble.empty();
    }

    private static OptionalDouble flag(boolean set) {
        return OptionalDouble.of(set ? 1 : 0);
    }
}
