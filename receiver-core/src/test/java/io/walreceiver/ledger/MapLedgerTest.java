package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** The oracle against the closed form, which keeps every event. */
class MapLedgerTest {

    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final double HALF_LIFE = 24.0 * HOUR;

    @Test
    void plainFormAgreesWithTheClosedForm() {
        SplittableRandom random = new SplittableRandom(23);
        MapLedger plain = new MapLedger(SignalSchema.of(SignalType.exponential(0, "daily", Duration.ofDays(1))));
        List<Event> events = new ArrayList<>();
        long clock = 1_700_000_000_000_000_000L;
        for (int i = 0; i < 5_000; i++) {
            clock += random.nextLong(HOUR / 10);
            Event event =
                    new Event(9, 0, random.nextInt(-5, 6), clock - random.nextLong(2) * random.nextLong(200 * HOUR));
            events.add(event);
            plain.apply(new LogId(0, i % 3), 9, 0, event.weight(), event.nanos());
            if (i % 250 == 0) {
                assertClosedForm(events, plain.read(9, 0, clock + random.nextLong(200 * HOUR)));
            }
        }
    }

    private static void assertClosedForm(List<Event> events, SignalReading reading) {
        long now = reading.asOfNanos();
        double score = 0;
        double magnitude = 0;
        for (Event event : events) {
            double left = StrictMath.pow(2, -((now - event.nanos()) / HALF_LIFE));
            score += event.weight() * left;
            magnitude += Math.abs(event.weight()) * left;
        }
        assertThat(reading.score()).isCloseTo(score, within(1e-9 * magnitude));
        assertThat(reading.allTime()).isEqualTo(events.size());
        assertThat(reading.lastHour()).isEqualTo(count(events, t -> t / MINUTE > now / MINUTE - 60));
        assertThat(reading.lastDay()).isEqualTo(count(events, t -> t / HOUR > now / HOUR - 24));
        assertThat(reading.lastWeek()).isEqualTo(count(events, t -> t / HOUR > now / HOUR - 168));
    }

    private static long count(List<Event> events, LongPredicate within) {
        return events.stream().mapToLong(Event::nanos).filter(within).count();
    }
}
