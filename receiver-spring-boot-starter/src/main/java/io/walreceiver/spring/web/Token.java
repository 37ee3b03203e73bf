package io.walreceiver.spring.web;

import io.walreceiver.format.LogId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far logs have come, as the header {@code Positions} writes it: {@code 1:3=400012, 1:4=7}.
 *
 * @param positions by log, 0 or more
 */
record Token(Map<LogId, Long> positions) {

    static final int MAX_LOGS = 64;
    static final String EXPECTED = "up to " + MAX_LOGS
            + " positions REGION:SHARD=POSITION with commas between them, such as" + " 1:3=400012, 1:4=7";

    /**
     * Reads the values of a header; of two positions of a log the higher counts.
     *
     * @throws IllegalArgumentException if they are none
     */
    static Token parse(List<String> values) {
        Map<LogId, Long> positions = new TreeMap<>();
        for (String value : values) {
            for (String position : value.split(",", MAX_LOGS + 1)) {
                int equals = position.indexOf('=');
                LogId log =
                        LogId.parse(position.substring(0, Math.max(0, equals)).strip());
                positions.merge(log, number(position.substring(equals + 1).strip()), Math::max);
            }
        }
        if (positions.size() > MAX_LOGS) {
            throw new IllegalArgumentException("too many logs");
        }
        return new Token(positions);
    }

    private static long number(String text) {
        if (text.startsWith("+") || text.startsWith("-")) {
            throw new IllegalArgumentException("a position has no sign");
        }
        return Long.parseLong(text);
    }

    @Override
    public String toString() {
        return positions.entrySet().stream()
                .map(position -> position.getKey() + "=" + position.getValue())
                .collect(Collectors.joining(", "));
    }
}
