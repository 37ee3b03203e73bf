package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdleWindowsTest {

    private static final int VIEW = 0;
    private static final int BUSY = 7;
    private static final LogId LOG = new LogId(1, 1);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final long START = 1_000 * HOUR;
    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.exponential(VIEW, "view", Duration.ofHours(6)));

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final Part part = (Part) ledger.open(LOG);

    @Test
    void whatAnIdlePairTakesIsGivenBackAndNothingItHolds() {
        long last = busyFor(Duration.ofHours(2), Duration.ofMinutes(1));
        List<SignalReading> before = readings(last);
        int blockClass = form() - Windows.RUN;

        others(last + IdleWindows.IDLE_NANOS + HOUR);

        assertThat(form() - Windows.RUN).isLessThan(blockClass);
        assertThat(readings(last)).isEqualTo(before);
    }

    @Test
    void aRunOfAFewEventsGoesBackIntoItsEntry() {
        long last = busyFor(Duration.ofHours(150), Duration.ofHours(14));
        others(last);
        assertThat(form()).isEqualTo(Windows.RUN);
        // Of eleven events, seven are left in the week.
        long late = busyFrom(last + 90 * HOUR, Duration.ofMinutes(1), Duration.ofMinutes(1));
        List<SignalReading> before = readings(late);

        others(late + IdleWindows.IDLE_NANOS + HOUR);

        assertThat(form()).isLessThanOrEqualTo(Windows.INLINE);
        assertThat(readings(late)).isEqualTo(before);
    }

    @Test
    void aDenseWindowOfAnIdlePairBecomesARun() {
        long last = START;
        for (int i = 0; i < 70_000; i++) { // more in one minute than a run can count
            part.applyWalEvent(BUSY, VIEW, 1, last);
        }
        last = busyFrom(last + 2 * HOUR, Duration.ofHours(2), Duration.ofMinutes(1));
        assertThat(form()).isEqualTo(Windows.DENSE);
        last = busyFrom(last + 168 * HOUR - 10 * MINUTE, Duration.ofMinutes(9), Duration.ofMinutes(1));
        List<SignalReading> before = readings(last);

        others(last + IdleWindows.IDLE_NANOS + HOUR);

        assertThat(form()).isBetween(Windows.RUN, Windows.DENSE - 1);
        assertThat(readings(last)).isEqualTo(before);
    }

    @Test
    void aPairThatHasJustHadAnEventKeepsItsRoom() {
        long last = busyFor(Duration.ofHours(2), Duration.ofMinutes(1));
        int form = form();

        others(last + IdleWindows.IDLE_NANOS / 2);

        assertThat(form()).isEqualTo(form);
    }

    @Test
    void anImageThatIsBeingMadeShowsWhatThereWasBefore() {
        busyFor(Duration.ofHours(2), Duration.ofMinutes(1));
        byte[][] before = Image.of(part).bytes();
        int form = form();
        Image image = new Image();
        PartImage begun = part.beginImage(image);

        part.idleWindows().giveBack(0, 1, Long.MAX_VALUE);

        assertThat(form()).isLessThan(form);
        while (!begun.writeSome()) {}
        begun.close();
        assertThat(image.bytes()).isDeepEqualTo(before);
    }

    /** Whoever was restored on the way, whatever the batches and whether or not an image was being made meanwhile. */
    @Test
    void whenSomethingIsGivenBackFollowsFromTheEventsAlone() throws IOException {
        SplittableRandom random = new SplittableRandom(17);
        Part other = (Part) InMemorySignalLedger.create(SCHEMA).open(LOG);
        PartImage unfinished = null;
        long nanos = START;
        for (int sent = 0; sent < 20 * IdleWindows.EVENTS; ) {
            List<Event> events = new ArrayList<>();
            for (int i = 0, count = random.nextInt(1, 300); i < count; i++, sent++) {
                nanos += random.nextInt(100) == 0 ? 25 * HOUR : random.nextLong(MINUTE);
                events.add(new Event(random.nextInt(20), VIEW, 1, nanos));
            }
            part.apply(Event.batch(events), sent);
            for (Event event : events) {
                other.applyWalEvent(event.entityId(), VIEW, event.weight(), event.nanos());
            }
            if (unfinished != null && random.nextInt(10) == 0) {
                unfinished.close();
                unfinished = null;
            }
            if (unfinished == null) {
                Image image = Image.of(other);
                assertThat(image.bytes()).isDeepEqualTo(Image.of(part).bytes());
                other = random.nextInt(100) == 0 ? restored(image) : other;
                unfinished = random.nextInt(100) == 0 ? other.beginImage(new Image()) : null;
            }
        }
    }

    private static Part restored(Image image) throws IOException {
        Part part = (Part) InMemorySignalLedger.create(SCHEMA).open(LOG);
        image.restoreTo(part);
        return part;
    }

    @Test
    void aPairThatComesBackGoesOnFromThere() {
        MapLedger plain = new MapLedger(SCHEMA);
        long last = START;
        for (int day = 0; day < 12; day++) {
            for (int i = 0; i < 40; i++) {
                last = START + day * 24 * HOUR + i * 3 * MINUTE;
                long time = i % 5 == 4 ? last - 100 * MINUTE : last;
                part.applyWalEvent(BUSY, VIEW, i, time);
                plain.apply(LOG, BUSY, VIEW, i, time);
            }
            part.idleWindows().giveBack(0, 1, Long.MAX_VALUE);
            for (long now : instants(last)) {
                assertThat(List.of(ledger.read(BUSY, VIEW, now))).isEqualTo(plain.readAll(now));
            }
        }
    }

    private long busyFor(Duration time, Duration step) {
        return busyFrom(START, time, step);
    }

    /** An event at each step; returns the time of the last. */
    private long busyFrom(long start, Duration time, Duration step) {
        long at = start;
        for (; at - start <= time.toNanos(); at += step.toNanos()) {
            part.applyWalEvent(BUSY, VIEW, 1, at);
        }
        return at - step.toNanos();
    }

    /** Events of other pairs at an instant, as many as it takes until somebody looks. */
    private void others(long nanos) {
        for (int i = 0; i < IdleWindows.EVENTS; i++) {
            part.applyWalEvent(1_000 + i % 100, VIEW, 1, nanos);
        }
    }

    private int form() {
        int id = part.find(PairIndex.hash(BUSY, VIEW), BUSY, VIEW);
        return Entries.form(part.entries().chunk(id)[Entries.at(id) + Entries.META]);
    }

    private List<SignalReading> readings(long last) {
        List<SignalReading> readings = new ArrayList<>();
        for (long now : instants(last)) {
            readings.add(ledger.read(BUSY, VIEW, now));
        }
        return readings;
    }

    private static List<Long> instants(long last) {
        List<Long> instants = new ArrayList<>();
        for (long now = last; now < last + 180 * HOUR; now += 7 * MINUTE) {
            instants.add(now);
        }
        return instants;
    }
}
