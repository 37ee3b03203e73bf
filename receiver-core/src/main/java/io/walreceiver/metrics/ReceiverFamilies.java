package io.walreceiver.metrics;

import io.micrometer.core.instrument.Tags;
import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.RecoveryStatus;
import io.walreceiver.health.Health;
import io.walreceiver.health.SourceState;
import io.walreceiver.log.LogState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the whole receiver, its sources and its surroundings. */
final class ReceiverFamilies {

    static final List<Family> ALL = List.of(
            Family.gauge(
                    "walreceiver.phase", null, "1 for the phase that the receiver is in, 0 for the others", reading -> {
                        Map<Tags, Double> samples = new HashMap<>();
                        for (Phase phase : Phase.values()) {
                            samples.put(
                                    Tags.of("phase", word(phase)),
                                    flag(reading.status().phase() == phase));
                        }
                        return samples;
                    }),
            Family.gauge("walreceiver.logs", null, "logs in each state", ReceiverFamilies::states),
            one(
                    "walreceiver.logs.degraded",
                    null,
                    "logs in any state but running or recovering",
                    reading -> count(reading, LogFamilies::isDegraded)),
            one(
                    "walreceiver.logs.lag.unknown",
                    null,
                    "logs of which it is not known how far their leader has written",
                    reading -> count(reading, log -> log.lagEvents().isEmpty())),
            one(
                    "walreceiver.logs.without.series",
                    null,
                    "logs beyond maxLogSeries, which have no meters of their own",
                    reading -> reading.status().logs().size() - reading.logs().size()),
            Family.gauge(
                    "walreceiver.lag.events",
                    null,
                    "events that leaders have written and the ledger does not hold, over the logs where that is known; none if it is known of none",
                    ReceiverFamilies::lagEvents),
            Family.gauge(
                    "walreceiver.lag.max",
                    "seconds",
                    "lag of the log that is farthest behind, of those where it is known; none if it is known of none",
                    ReceiverFamilies::lagMax),
            one(
                    "walreceiver.inflight",
                    "bytes",
                    "size of segments between arrival and outcome",
                    reading -> reading.status().inFlightBytes()),
            one(
                    "walreceiver.inflight.peak",
                    "bytes",
                    "the most that has been",
                    reading -> reading.status().peakInFlightBytes()),
            one(
                    "walreceiver.held",
                    "bytes",
                    "size of verified segments that wait behind gaps",
                    reading -> sum(reading, LogStatus::heldBytes)),
            one(
                    "walreceiver.quarantined.segments",
                    null,
                    "refused segments that are kept aside",
                    reading -> sum(reading, LogStatus::keptAside)),
            one(
                    "walreceiver.room.ran.out",
                    null,
                    "1 if logs that stand still pinned so much memory that others had to be let go, or else 0",
                    reading -> flag(reading.status().roomRanOut())),
            one(
                    "walreceiver.too.many.logs",
                    null,
                    "1 if segments were let go since their logs would have been more than maxLogs, or else 0",
                    reading -> flag(reading.status().tooManyLogs())),
            one(
                    "walreceiver.recovery.progress",
                    "ratio",
                    "how much of what is stored has been read back, 0 to 1; 1 once it has",
                    ReceiverFamilies::recovered),
            Family.counter("walreceiver.segments", "segments by outcome", ReceiverFamilies::segments),
            Family.counter(
                    "walreceiver.events.applied",
                    "events that were new and are in the ledger",
                    reading -> just(reading.outcomes().appliedEvents())),
            Family.counter(
                    "walreceiver.events.skipped",
                    "invalid events that were skipped by policy",
                    reading -> just(reading.outcomes().skippedEvents())),
            Family.gauge(
                    "walreceiver.ledger.size",
                    "bytes",
                    "memory that the ledger takes",
                    reading -> maybe(reading.ledger(), LedgerSize::bytes)),
            Family.gauge(
                    "walreceiver.ledger.pairs",
                    null,
                    "(entity, signal) pairs in the ledger, counted per log",
                    reading -> maybe(reading.ledger(), LedgerSize::pairs)),
            Family.gauge(
                    "walreceiver.live",
                    null,
                    "1 unless work waits and nothing moves, then 0",
                    reading -> maybe(reading.liveness(), health -> flag(health.isOk()))),
            Family.gauge(
                    "walreceiver.ready",
                    null,
                    "1 if the receiver should be read from, or else 0",
                    reading -> maybe(reading.readiness(), health -> flag(health.isOk()))),
            Family.gauge(
                    "walreceiver.degraded",
                    null,
                    "1 if there is a reason to look, or else 0",
                    reading -> maybe(reading.readiness(), ReceiverFamilies::degraded)),
            Family.gauge(
                    "walreceiver.source.connected",
                    null,
                    "1 if segments can come from the source, or else 0",
                    reading -> bySource(reading, source -> flag(source.connected()))),
            Family.counter(
                    "walreceiver.source.reconnects",
                    "connections tried after the first one",
                    reading -> bySource(reading, SourceState::reconnects)),
            Family.counter("walreceiver.source.drops", "connections that ended, by reason", ReceiverFamilies::drops),
            Family.counter(
                    "walreceiver.push.refusals",
                    "pushed segments that were refused, by problem",
                    ReceiverFamilies::refusals),
            Family.gauge(
                    "walreceiver.certificate.expiry.timestamp",
                    "seconds",
                    "when the certificate expires, seconds since the Unix epoch",
                    ReceiverFamilies::certificates));

    private ReceiverFamilies() {}

    private static Family one(String name, @Nullable String unit, String description, ToDoubleFunction<Reading> value) {
        return Family.gauge(name, unit, description, reading -> just(value.applyAsDouble(reading)));
    }

    private static Map<Tags, Double> just(double value) {
        return Map.of(Tags.empty(), value);
    }

    private static <T> Map<Tags, Double> maybe(Optional<T> known, ToDoubleFunction<T> value) {
        return known.map(what -> just(value.applyAsDouble(what))).orElse(Map.of());
    }

    private static Map<Tags, Double> states(Reading reading) {
        Map<Tags, Double> samples = new HashMap<>();
        for (LogState state : LogState.values()) {
            samples.put(Tags.of("state", state.toString()), (double) count(reading, log -> log.state() == state));
        }
        return samples;
    }

    private static Map<Tags, Double> lagEvents(Reading reading) {
        List<OptionalLong> known = reading.status().logs().stream()
                .map(LogStatus::lagEvents)
                .filter(OptionalLong::isPresent)
                .toList();
        return known.isEmpty()
                ? Map.of()
                : just(known.stream().mapToLong(OptionalLong::getAsLong).sum());
    }

    private static Map<Tags, Double> lagMax(Reading reading) {
        return maybe(
                reading.status().logs().stream()
                        .map(LogStatus::lagTime)
                        .flatMap(Optional::stream)
                        .max(Duration::compareTo),
                lag -> lag.toNanos() / 1e9);
    }

    /** Before it has begun, nothing; when it is over, all. */
    private static double recovered(Reading reading) {
        return switch (reading.status().phase()) {
            case NEW -> 0;
            case RECOVERING ->
                reading.status().recovery().map(ReceiverFamilies::done).orElse(0.0);
            default -> 1;
        };
    }

    private static double done(RecoveryStatus recovery) {
        return recovery.totalBytes() > 0 ? Math.min(1, (double) recovery.doneBytes() / recovery.totalBytes()) : 0;
    }

    private static Map<Tags, Double> segments(Reading reading) {
        OutcomeCounts counts = reading.outcomes();
        return Map.of(
                Tags.of("outcome", "applied"), (double) counts.applied(),
                Tags.of("outcome", "duplicate"), (double) counts.duplicate(),
                Tags.of("outcome", "refused"), (double) counts.refused(),
                Tags.of("outcome", "deferred"), (double) counts.deferred(),
                Tags.of("outcome", "abandoned"), (double) counts.abandoned());
    }

    private static double degraded(Health readiness) {
        return flag(!readiness.reasons().isEmpty());
    }

    private static Map<Tags, Double> bySource(Reading reading, ToDoubleFunction<SourceState> value) {
        Map<Tags, Double> samples = new HashMap<>();
        reading.sources().forEach(source -> samples.put(Tags.of("source", source.name()), value.applyAsDouble(source)));
        return samples;
    }

    private static Map<Tags, Double> drops(Reading reading) {
        Map<Tags, Double> samples = new HashMap<>();
        reading.sources()
                .forEach(source -> source.drops()
                        .forEach((reason, drops) ->
                                samples.put(Tags.of("source", source.name(), "reason", reason), (double) drops)));
        return samples;
    }

    private static Map<Tags, Double> refusals(Reading reading) {
        return tagged("problem", reading.refusals(), Long::doubleValue);
    }

    private static Map<Tags, Double> certificates(Reading reading) {
        return tagged("certificate", reading.certificates(), expiry -> (double) expiry.getEpochSecond());
    }

    private static <T> Map<Tags, Double> tagged(String tag, Map<String, T> values, Function<T, Double> value) {
        Map<Tags, Double> samples = new HashMap<>();
        values.forEach((name, one) -> samples.put(Tags.of(tag, name), value.apply(one)));
        return samples;
    }

    private static long count(Reading reading, Predicate<LogStatus> which) {
        return reading.status().logs().stream().filter(which).count();
    }

    private static long sum(Reading reading, ToLongFunction<LogStatus> value) {
        return reading.status().logs().stream().mapToLong(value).sum();
    }

    private static double flag(boolean set) {
        return set ? 1 : 0;
    }

    private static String word(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
