package io.walreceiver.transport.netty.security;

import io.walreceiver.format.LogId;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Some logs: all of them ({@code *}), those of a region ({@code 1:*}), and single ones ({@code 1:3}), with commas between. */
record LogPatterns(List<Pattern> patterns) implements Predicate<LogId> {

    static final LogPatterns NONE = new LogPatterns(List.of());

    LogPatterns {
        patterns = List.copyOf(patterns);
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is another
     */
    static LogPatterns parse(String text) {
        return new LogPatterns(
                Stream.of(text.split(",", -1)).map(Pattern::parse).toList());
    }

    LogPatterns and(LogPatterns more) {
        return new LogPatterns(
                Stream.concat(patterns.stream(), more.patterns.stream()).toList());
    }

    @Override
    public boolean test(LogId log) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(log));
    }

    @Override
    public String toString() {
        return String.join(",", patterns.stream().map(Pattern::text).toList());
    }

    /** One of them; null stands for any. */
    record Pattern(
            String text, @Nullable Integer region, @Nullable Integer shard) {

        static Pattern parse(String text) {
            if (text.equals("*")) {
                return new Pattern(text, null, null);
            }
            try {
                boolean wholeRegion = text.endsWith(":*");
                LogId log = LogId.parse(wholeRegion ? text.substring(0, text.length() - 1) + "0" : text);
                return new Pattern(text, log.region(), wholeRegion ? null : log.shard());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "'" + PrintableText.of(text) + "' names no logs: expected *, REGION:* or REGION:SHARD", e);
            }
        }

        boolean matches(LogId log) {
            return (region == null || region == log.region()) && (shard == null || shard == log.shard());
        }
    }
}
