package io.walreceiver.server.web.read;

import io.walreceiver.LogStatus;
import io.walreceiver.PositionNotReachedException;
import io.walreceiver.ReceiverEndedException;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.ProblemException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Lets reads of the ledger through that may see it, once it is as fresh as they need it. */
final class Gate {

    private static final Duration COME_AGAIN = Duration.ofSeconds(1);

    private final SegmentReceiver receiver;
    private final Places waiters;
    private final Scheduler reading;

    /** A log that did not come as far as it was to. */
    record NotReached(String log, long expected, long applied) {}

    private record Missed(NotReached log, String text) {}

    /**
     * @param waiters who wait for positions
     * @param reading where the status of all logs is read, which takes its time with many of them
     */
    Gate(SegmentReceiver receiver, Places waiters, Scheduler reading) {
        this.receiver = receiver;
        this.waiters = waiters;
        this.reading = reading;
    }

    /**
     * Reads the ledger.
     *
     * @param read reads the values; subscribed to when they are as fresh as they must be
     * @return its answer, with the positions of the logs that were named, which were read before the values; fails with {@link
     *     ProblemException}
     */
    Mono<Answer> read(Call call, Freshness fresh, Mono<Answer> read) {
        return Mono.defer(() -> {
            requireRecovered();
            requireSeen(call, fresh.logs());
            return reached(fresh.minPositions(), fresh.patience())
                    .then(looked(call, fresh))
                    .then(Mono.defer(() -> positioned(fresh.logs(), read)));
        });
    }

    private Mono<Answer> positioned(Collection<LogId> logs, Mono<Answer> read) {
        if (logs.isEmpty()) {
            return read;
        }
        String positions = logs.stream()
                .map(log -> log + "=" + applied(log))
                .collect(Collectors.joining(", ")); // before the values
        return read.map(answer -> answer.header("Positions", positions));
    }

    private void requireRecovered() {
        if (!receiver.recovered()) {
            throw ProblemException.of(
                            503,
                            "recovering",
                            "What is stored is still being read back",
                            "reads would see only a part of it; GET /v1/status says how far it is, try again later")
                    .retryAfter(COME_AGAIN);
        }
    }

    private static void requireSeen(Call call, Collection<LogId> logs) {
        List<LogId> hidden = logs.stream().filter(log -> !call.maySee(log)).toList();
        if (!hidden.isEmpty()) {
            throw ProblemException.forbidden(
                    call.identity().name() + " may not read " + hidden + "; see docs/security.md");
        }
    }

    private Mono<Void> reached(Map<LogId, Long> minimums, Duration wait) {
        return Flux.fromIterable(minimums.entrySet())
                .filter(minimum -> applied(minimum.getKey()) < minimum.getValue())
                .flatMap(minimum -> missed(minimum.getKey(), minimum.getValue(), wait), Integer.MAX_VALUE)
                .collectSortedList((a, b) -> a.log.log.compareTo(b.log.log))
                .flatMap(missed -> missed.isEmpty() ? Mono.empty() : Mono.error(notReached(missed)));
    }

    /** Empty if the position is reached. */
    private Mono<Missed> missed(LogId log, long position, Duration wait) {
        return waiters.within(receiver.awaitApplied(log, position, wait))
                .then(Mono.<Missed>empty())
                .onErrorResume(
                        e -> e instanceof PositionNotReachedException || e instanceof ReceiverEndedException,
                        e -> Mono.just(new Missed(
                                new NotReached(log.toString(), position, applied(log)),
                                PlainText.sentence(String.valueOf(e.getMessage())))));
    }

    private static ProblemException notReached(List<Missed> missed) {
        return ProblemException.of(
                        503,
                        "not-reached",
                        "A log has not come as far as it was to",
                        missed.stream().map(Missed::text).collect(Collectors.joining("; ")))
                .with("logs", missed.stream().map(Missed::log).toList())
                .retryAfter(COME_AGAIN);
    }

    /** What needs a look at every log; for an operator who does not ask for a lag, nothing does. */
    private Mono<Void> looked(Call call, Freshness fresh) {
        return call.identity().admin() && fresh.maxLag().isEmpty()
                ? Mono.empty()
                : Mono.<Void>fromRunnable(() -> {
                            ReceiverStatus status = receiver.status();
                            requireAllSeen(call, status);
                            fresh.maxLag().ifPresent(most -> requireLag(most, fresh.logs(), status));
                        })
                        .subscribeOn(reading);
    }

    /** Values add up all logs: whoever sees one sees something of each. */
    private static void requireAllSeen(Call call, ReceiverStatus status) {
        long hidden =
                status.logs().stream().filter(log -> !call.maySee(log.log())).count();
        if (hidden > 0) {
            throw ProblemException.forbidden("scores and counts add up all logs, and "
                    + call.identity().name() + " may not read " + hidden + " of them; ask as somebody who may read them"
                    + " all, see docs/security.md");
        }
    }

    private static void requireLag(Duration most, Collection<LogId> named, ReceiverStatus status) {
        Map<LogId, Optional<Duration>> lags = new TreeMap<>();
        named.forEach(log -> lags.put(log, Optional.empty())); // it may not have been seen
        status.logs().stream()
                .filter(log -> named.isEmpty() || named.contains(log.log()))
                .forEach(log -> lags.put(log.log(), bound(log)));
        if (lags.isEmpty()) {
            throw lagging("no log has been seen yet, so no lag is known", most);
        }
        lags.forEach((log, lag) -> {
            if (lag.isEmpty() || lag.get().compareTo(most) > 0) {
                throw lagging("log " + log + ": " + lag.map(Gate::found).orElse(UNKNOWN), most);
            }
        });
    }

    private static final String UNKNOWN = "its lag is unknown, as its leader has not told the time, or nothing of it"
            + " was applied; a source that sends no heartbeats never lets it be known";

    private static String found(Duration lag) {
        return "may be " + lag.toMillis() + " ms behind, by its leader's last heartbeat and the age of that";
    }

    /** The lag rests on the last heartbeat: what the leader has written since then is not in it. */
    private static Optional<Duration> bound(LogStatus log) {
        return log.lagTime().flatMap(lag -> log.heartbeatAge().map(lag::plus));
    }

    private static ProblemException lagging(String found, Duration most) {
        return ProblemException.of(
                        503,
                        "lagging",
                        "A log is too far behind",
                        found + "; expected at most " + most.toMillis() + " ms; GET /v1/logs says more")
                .retryAfter(COME_AGAIN);
    }

    private long applied(LogId log) {
        return receiver.applied(log).orElse(0);
    }
}
