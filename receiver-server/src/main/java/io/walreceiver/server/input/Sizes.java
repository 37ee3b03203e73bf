package io.walreceiver.server.input;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 512B}, {@code 64MiB}, {@code 1.5GiB}, {@code 64MB}. */
public final class Sizes {

    /** What a message says is expected. */
    public static final String EXPECTED = "a size such as 512B, 64KiB, 64MiB or 1GiB";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(B|KiB|MiB|GiB|TiB|kB|MB|GB|TB)");
    private static final Map<String, Long> BINARY = new LinkedHashMap<>();
    private static final Map<String, Long> DECIMAL = Map.of(
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L);

    static {
        BINARY.put("TiB", 1L << 40);
        BINARY.put("GiB", 1L << 30);
        BINARY.put("MiB", 1L << 20);
        BINARY.put("KiB", 1L << 10);
        BINARY.put("B", 1L);
    }

    private Sizes() {}

    /** The number of bytes, or empty if {@code text} is no size, not a whole number of bytes, or too large for a long. */
    public static Optional<Long> parse(String text) {
        if (text.equals("0")) {
            return Optional.of(0L);
        }
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return Optional.empty();
        }
        String unit = size.group(2);
        long bytes = BINARY.getOrDefault(unit, DECIMAL.getOrDefault(unit, 1L));
        try {
            return Optional.of(new BigDecimal(size.group(1))
                    .multiply(BigDecimal.valueOf(bytes))
                    .longValueExact());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** The shortest form that is exact. */
    public static String text(long bytes) {
        return BINARY.entrySet().stream()
                .filter(unit -> bytes % unit.getValue() == 0 && bytes != 0)
                .findFirst()
                .map(unit -> bytes / unit.getValue() + unit.getKey())
                .orElse("0");
    }
}
