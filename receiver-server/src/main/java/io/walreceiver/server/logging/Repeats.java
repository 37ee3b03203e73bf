package io.walreceiver.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Marker;
import org.slf4j.helpers.BasicMarkerFactory;

/**
 * Lets a few lines of a kind pass within a period, and tells of the others how many they were. Of one kind is what one logger says with one
 * pattern at one level. Kinds are counted up to a bound, so that whoever builds messages by hand cannot fill the memory; beyond it all pass.
 */
final class Repeats extends Filter<ILoggingEvent> {

    static final int MAX_KINDS = 1000;

    private static final Marker TOLD = new BasicMarkerFactory().getDetachedMarker("told");
    private static final int MAX_PATTERN = 200;

    private final LoggerContext loggers;
    private final int allowed;
    private final String period;
    private Map<Kind, Integer> seen = new HashMap<>();

    /** @param period how long it is between two calls of {@link #tell}, for the text */
    Repeats(LoggerContext loggers, int allowed, String period) {
        this.loggers = loggers;
        this.allowed = allowed;
        this.period = period;
    }

    private record Kind(String logger, Level level, String pattern) {}

    @Override
    public synchronized FilterReply decide(ILoggingEvent event) {
        if (event.getMarkerList() != null && event.getMarkerList().contains(TOLD)) {
            return FilterReply.NEUTRAL;
        }
        Kind kind = new Kind(event.getLoggerName(), event.getLevel(), String.valueOf(event.getMessage()));
        if (seen.size() >= MAX_KINDS && !seen.containsKey(kind)) {
            return FilterReply.NEUTRAL;
        }
        return seen.merge(kind, 1, Integer::sum) <= allowed ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    /** Ends a period: tells what did not pass, and starts over. */
    void tell() {
        Map<Kind, Integer> over;
        synchronized (this) {
            over = seen;
            seen = new HashMap<>();
        }
        over.forEach((kind, times) -> {
            if (times > allowed) {
                tell(kind, times - allowed);
            }
        });
    }

    private void tell(Kind kind, int times) {
        String pattern =
                kind.pattern.length() > MAX_PATTERN ? kind.pattern.substring(0, MAX_PATTERN) + "..." : kind.pattern;
        Logger logger = loggers.getLogger(kind.logger);
        logger.log(
                TOLD,
                Repeats.class.getName(),
                Level.toLocationAwareLoggerInteger(kind.level),
                "repeated {} more times in the last {}: {}",
                new Object[] {times, period, pattern},
                null);
    }
}
