package io.walreceiver.ledger;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random events over months that bring every window form about: hot pairs and many pairs, late events, stand-stills and leaps. */
final class RandomHistory {

    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;
    static final long DAY = 24 * HOUR;

    static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "week", Duration.ofDays(7)),
            SignalType.exponential(1, "minute", Duration.ofMinutes(1)),
            SignalType.permanent(2, "ever"),
            SignalType.exponential(255, "year", Duration.ofDays(365)));
    private static final int[] TYPES = {0, 1, 2, 255};

    private final SplittableRandom random;
    private final int entities;
    private final boolean cancelling;
    private long clock;

    RandomHistory(SplittableRandom random) {
        this(random, random.nextBoolean() ? random.nextInt(1, 4) : random.nextInt(20, 400));
    }

    RandomHistory(SplittableRandom random, int entities) {
        this.random = random;
        this.entities = entities;
        cancelling = random.nextInt(4) == 0;
        clock = random.nextInt(5) == 0 ? random.nextLong(HOUR) : random.nextLong(1_700_000_000 * SECOND);
    }

    List<Event> batch() {
        if (random.nextInt(30) == 0) {
            return crowdedWeek();
        }
        long step = step();
        int lateness = random.nextInt(0, 40);
        int hot = random.nextInt(entities);
        List<Event> events = new ArrayList<>();
        for (int i = 0, n = random.nextInt(1, 400); i < n; i++) {
            clock += step == 0 ? 0 : random.nextLong(step);
            events.add(event(random.nextBoolean() ? hot : random.nextInt(entities), lateness));
        }
        return events;
    }

    /** A pair with events in each hour of a week and each minute of its last hour: more than any run holds, which chance seldom brings. */
    private List<Event> crowdedWeek() {
        int entity = random.nextInt(entities);
        List<Event> events = new ArrayList<>();
        for (int hour = 0; hour < 7 * 24; hour++) {
            clock += HOUR;
            events.add(event(entity, 10));
        }
        for (int minute = 0; minute < 60; minute++) {
            clock += MINUTE;
            events.add(event(entity, 10));
        }
        return events;
    }

    /** One event of every entity. */
    List<Event> census() {
        List<Event> events = new ArrayList<>();
        for (int entity = 0; entity < entities; entity++) {
            events.add(event(entity, 0));
        }
        return events;
    }

    /** Event time stands still, runs by seconds, minutes, hours, or leaps days or months ahead. */
    private long step() {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1, 2 -> 10 * SECOND;
            case 3 -> 5 * MINUTE;
            case 4 -> 2 * HOUR;
            case 5 -> 4 * DAY / 10;
            case 6 -> {
                clock += random.nextLong(60 * DAY);
                yield MINUTE;
            }
            default -> {
                clock += random.nextLong(10 * DAY);
                yield SECOND;
            }
        };
    }

    private Event event(int entity, int latePercent) {
        long nanos = clock;
        if (random.nextInt(100) < latePercent) {
            long[] reach = {MINUTE, 90 * MINUTE, 2 * DAY, 8 * DAY, 100 * DAY};
            nanos = Math.max(0, nanos - random.nextLong(reach[random.nextInt(reach.length)]));
        }
        if (random.nextInt(10) == 0) {
            nanos = Math.max(0, nanos / HOUR * HOUR - random.nextInt(2));
        }
        float weight = cancelling ? random.nextInt(-3, 4) : (float) random.nextDouble(-1, 10);
        int type = random.nextInt(3) == 0 ? anyType() : 0;
        return new Event(entity * 0x9E3779B97F4A7C15L, type, weight, nanos);
    }

    int anyType() {
        return TYPES[random.nextInt(TYPES.length)];
    }

    /** An instant to read at, now or later. */
    long instant() {
        long[] ahead = {0, MINUTE, HOUR, 2 * HOUR, 30 * HOUR, 8 * DAY, 50 * DAY};
        long now = clock + random.nextLong(ahead[random.nextInt(ahead.length)] + 1);
        return random.nextInt(4) == 0 ? now / HOUR * HOUR - random.nextInt(2) : now;
    }
}
