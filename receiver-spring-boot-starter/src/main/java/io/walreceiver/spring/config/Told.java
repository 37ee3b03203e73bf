package io.walreceiver.spring.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.util.unit.DataSize;

/** Values as they are written in a configuration. */
final class Told {

    private static final Map<String, Duration> TIMES = new LinkedHashMap<>();
    private static final Map<String, DataSize> SIZES = new LinkedHashMap<>();

    static {
        TIMES.put("d", ChronoUnit.DAYS.getDuration());
        TIMES.put("h", ChronoUnit.HOURS.getDuration());
        TIMES.put("m", ChronoUnit.MINUTES.getDuration());
        TIMES.put("s", ChronoUnit.SECONDS.getDuration());
        TIMES.put("ms", ChronoUnit.MILLIS.getDuration());
        SIZES.put("GB", DataSize.ofGigabytes(1));
        SIZES.put("MB", DataSize.ofMegabytes(1));
        SIZES.put("KB", DataSize.ofKilobytes(1));
    }

    private Told() {}

    static String of(Object value) {
        if (value instanceof Duration time) {
            return time.isZero() ? "0s" : time(time);
        }
        return value instanceof DataSize size && size.toBytes() != 0 ? size(size.toBytes()) : value.toString();
    }

    private static String time(Duration time) {
        return TIMES.entrySet().stream()
                .filter(unit -> time.equals(unit.getValue().multipliedBy(time.dividedBy(unit.getValue()))))
                .findFirst()
                .map(unit -> time.dividedBy(unit.getValue()) + unit.getKey())
                .orElseGet(() -> time.toNanos() + "ns");
    }

    private static String size(long bytes) {
        return SIZES.entrySet().stream()
                .filter(unit -> bytes % unit.getValue().toBytes() == 0)
                .findFirst()
                .map(unit -> bytes / unit.getValue().toBytes() + unit.getKey())
                .orElseGet(() -> bytes + "B");
    }
}
