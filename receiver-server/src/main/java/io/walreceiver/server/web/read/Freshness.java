package io.walreceiver.server.web.read;

import io.walreceiver.format.LogId;
import io.walreceiver.server.web.read.Parameters.NotSoException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How fresh a read must be.
 *
 * @param minPositions what must be applied, by log
 * @param patience how long that may be waited for
 * @param maxLag how far the logs involved may be behind their leaders
 * @param logs every log that the request names
 */
record Freshness(Map<LogId, Long> minPositions, Duration patience, Optional<Duration> maxLag, SortedSet<LogId> logs) {

    private static final int MAX_LOGS = 64;

    private record MinPosition(LogId log, long position) {}

    static Freshness of(Parameters parameters, ReadOptions options) {
        Map<LogId, Long> minimums = new TreeMap<>();
        parameters
                .all("minPosition", MAX_LOGS, text -> Optional.of(minPosition(text)))
                .forEach(minimum -> minimums.merge(minimum.log, minimum.position, Math::max));
        SortedSet<LogId> logs = new TreeSet<>(minimums.keySet());
        logs.addAll(parameters.all("log", MAX_LOGS, text -> Optional.of(Values.log(text))));
        Duration patience = parameters
                .one("wait", text -> Optional.of(wait(text, options.maxWait())))
                .orElse(Duration.ZERO);
        if (!patience.isZero() && minimums.isEmpty()) {
            parameters.mistake("wait: expected minPosition=REGION:SHARD:POSITION too, which is waited for");
        }
        Optional<Duration> maxLag = parameters.one("maxLag", text -> Optional.of(Values.duration(text)));
        return new Freshness(minimums, patience, maxLag, logs);
    }

    private static MinPosition minPosition(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new MinPosition(
                    Values.log(text.substring(0, Math.max(0, colon))),
                    Values.number(text.substring(colon + 1), 0, Long.MAX_VALUE));
        } catch (NotSoException e) {
            throw new NotSoException("REGION:SHARD:POSITION, such as 1:3:400000");
        }
    }

    private static Duration wait(String text, Duration longest) {
        Duration wait = Values.duration(text);
        if (wait.compareTo(longest) > 0) {
            throw new NotSoException("at most " + longest.toMillis() + "ms");
        }
        return wait;
    }
}
