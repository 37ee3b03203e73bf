package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InMemorySignalLedgerTest {

    private static final int HOURLY = 0;
    private static final int EVER = 1;
    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final long NOW = 1_767_960_000_000_000_000L / HOUR * HOUR;
    private static final LogId LOG = new LogId(1, 0);
    private static final LogId OTHER = new LogId(0, 9);
    private static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(HOURLY, "hourly", Duration.ofHours(1)), SignalType.permanent(EVER, "ever"));

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);

    @Test
    void unknownPairReadsAsZeroAtTheInstantAskedFor() {
        SignalReading nothing = new SignalReading(5, HOURLY, NOW, 0, 0, 0, 0, 0);

        assertThat(ledger.read(5, HOURLY, NOW)).isEqualTo(nothing);
        ledger.open(LOG).applyWalEvent(5, EVER, 1, NOW);
        assertThat(ledger.read(5, HOURLY, NOW)).isEqualTo(nothing);
        assertThat(ledger.read(5, 77, NOW).allTime()).isZero();
        assertThat(ledger.read(5, -1, NOW).allTime()).isZero();
        assertThat(ledger.score(6, EVER, NOW)).isZero();
    }

    @Test
    void scoreHalvesWithEachHalfLife() {
        LedgerPart part = ledger.open(LOG);
        part.applyWalEvent(5, HOURLY, 8, NOW);
        part.applyWalEvent(5, HOURLY, 1, NOW + HOUR);

        assertThat(ledger.read(5, HOURLY, NOW + HOUR).score()).isCloseTo(5, within(1e-14));
        assertThat(ledger.read(5, HOURLY, NOW + 3 * HOUR).score()).isCloseTo(1.25, within(1e-14));
    }

    @Test
    void readsLookForwardOnlyAndSaySo() {
        ledger.open(LOG).applyWalEvent(5, HOURLY, 8, NOW);
        ledger.open(OTHER).applyWalEvent(5, HOURLY, 4, NOW + HOUR);

        SignalReading reading = ledger.read(5, HOURLY, NOW);

        assertThat(reading.asOfNanos()).isEqualTo(NOW + HOUR);
        assertThat(reading.score()).isCloseTo(8, within(1e-14)).isEqualTo(ledger.score(5, HOURLY, NOW));
        assertThat(reading.lastHour()).isEqualTo(1);
        assertThat(reading.lastDay()).isEqualTo(2);
    }

    @Test
    void windowsEndOnWholeMinutesAndHours() {
        LedgerPart part = ledger.open(LOG);
        part.applyWalEvent(5, HOURLY, 1, NOW);

        assertThat(ledger.read(5, HOURLY, NOW + HOUR - 1).lastHour()).isEqualTo(1);
        assertThat(ledger.read(5, HOURLY, NOW + HOUR).lastHour()).isZero();
        assertThat(ledger.read(5, HOURLY, NOW + 24 * HOUR - 1).lastDay()).isEqualTo(1);
        assertThat(ledger.read(5, HOURLY, NOW + 24 * HOUR).lastDay()).isZero();
        assertThat(ledger.read(5, HOURLY, NOW + 168 * HOUR - 1).lastWeek()).isEqualTo(1);
        assertThat(ledger.read(5, HOURLY, NOW + 168 * HOUR).lastWeek()).isZero();
        assertThat(ledger.read(5, HOURLY, Long.MAX_VALUE).allTime()).isEqualTo(1);
    }

    @Test
    void theEpochsFirstHourDoesNotWrap() {
        LedgerPart part = ledger.open(LOG);
        for (long minute = 0; minute < 30; minute++) {
            part.applyWalEvent(5, EVER, 1, minute * MINUTE);
        }

        SignalReading reading = ledger.read(5, EVER, Long.MIN_VALUE);

        assertThat(reading).isEqualTo(new SignalReading(5, EVER, 29 * MINUTE, 30, 30, 30, 30, 30));
    }

    @Test
    void eventTimesReachTheEndOfTheRange() {
        LedgerPart part = ledger.open(LOG);
        part.applyWalEvent(5, EVER, 1, 0);
        part.applyWalEvent(5, EVER, 1, Long.MAX_VALUE);
        part.applyWalEvent(5, EVER, 1, 0);

        assertThat(ledger.read(5, EVER, 0)).isEqualTo(new SignalReading(5, EVER, Long.MAX_VALUE, 3, 3, 1, 1, 1));
    }

    @Test
    void velocityIsCountsPerSecond() {
        SignalReading reading = new SignalReading(1, 0, NOW, 0, 99, 36, 864, 6048);

        assertThat(reading.velocity(Window.HOUR)).isEqualTo(0.01);
        assertThat(reading.velocity(Window.DAY)).isEqualTo(0.01);
        assertThat(reading.velocity(Window.WEEK)).isEqualTo(0.01);
        assertThat(reading.count(Window.ALL_TIME)).isEqualTo(99);
        assertThatThrownBy(() -> reading.velocity(Window.ALL_TIME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not defined");
    }

    @Test
    void cancellingWeightsLeaveTheCounts() {
        LedgerPart part = ledger.open(LOG);
        for (int i = 0; i < 100; i++) {
            part.applyWalEvent(5, EVER, i % 2 == 0 ? 3 : -3, NOW + i);
        }

        assertThat(ledger.read(5, EVER, NOW)).isEqualTo(new SignalReading(5, EVER, NOW + 99, 0, 100, 100, 100, 100));
    }

    @Test
    void aTickHoldsMoreThanSixteenBitsOfEvents() {
        LedgerPart part = ledger.open(LOG);
        for (int i = 0; i < 200_000; i++) {
            part.applyWalEvent(5, EVER, 1, NOW);
            part.applyWalEvent(6, EVER, 1, i == 0 ? NOW : NOW - MINUTE);
        }

        for (long entity : new long[] {5, 6}) {
            assertThat(ledger.read(entity, EVER, NOW))
                    .isEqualTo(new SignalReading(entity, EVER, NOW, 200_000, 200_000, 200_000, 200_000, 200_000));
        }
    }

    @Test
    void aBusyPairThatFallsIdleGivesItsSpaceBack() {
        Part part = (Part) ledger.open(LOG);
        for (int i = 0; i < 6 * 24 * 60; i++) {
            part.applyWalEvent(5, EVER, 1, NOW + i * MINUTE);
        }
        int id = part.find(PairIndex.hash(5, EVER), 5, EVER);
        assertThat(form(part, id)).isEqualTo(Windows.DENSE);
        part.applyWalEvent(5, EVER, 1, NOW + 12 * 24 * HOUR);
        assertThat(form(part, id)).isBetween(Windows.RUN, Windows.DENSE - 1);
        part.applyWalEvent(5, EVER, 1, NOW + 20 * 24 * HOUR);
        assertThat(form(part, id)).isEqualTo(1);
        assertThat(ledger.read(5, EVER, 0).allTime()).isEqualTo(6 * 24 * 60 + 2);
    }

    private static int form(Part part, int id) {
        return Entries.form(part.entries().chunk(id)[Entries.at(id) + Entries.META]);
    }

    @Test
    void openReplacesWhatWasHeldOfTheLog() {
        LedgerPart first = ledger.open(LOG);
        first.applyWalEvent(5, EVER, 1, NOW);
        ledger.open(OTHER).applyWalEvent(5, EVER, 1, NOW);
        LedgerPart second = ledger.open(LOG);
        first.applyWalEvent(5, EVER, 1, NOW);

        assertThat(ledger.read(5, EVER, NOW).allTime()).isEqualTo(1);
        second.applyWalEvent(5, EVER, 1, NOW);
        assertThat(ledger.read(5, EVER, NOW).allTime()).isEqualTo(2);
        assertThat(ledger.pairs()).isEqualTo(2);
    }

    @Test
    void sumsGoByTheOrderOfLogsNotOfOpening() {
        double[] weights = {1e16, 1, -1e16};
        InMemorySignalLedger backwards = InMemorySignalLedger.create(SCHEMA);
        for (int i = 0; i < 3; i++) {
            ledger.open(new LogId(1, i)).applyWalEvent(5, EVER, (float) weights[i], NOW);
            backwards.open(new LogId(1, 2 - i)).applyWalEvent(5, EVER, (float) weights[2 - i], NOW);
        }

        assertThat(ledger.read(5, EVER, NOW)).isEqualTo(backwards.read(5, EVER, NOW));
    }

    @Test
    void whatCannotBeAppliedIsRefusedAndLeavesReadsAlone() {
        LedgerPart part = ledger.open(LOG);
        part.applyWalEvent(5, EVER, 1, NOW);

        assertThatThrownBy(() -> part.applyWalEvent(5, 2, 1, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("log 1:0: signal type 2 is not in the schema");
        assertThatThrownBy(() -> part.applyWalEvent(5, EVER, 1, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("log 1:0: event time 18446744073709551615 ns is not below 2^63");
        assertThatThrownBy(() -> part.applyWalEvent(6, EVER, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ledger.read(5, EVER, NOW)).isEqualTo(new SignalReading(5, EVER, NOW, 1, 1, 1, 1, 1));
        assertThat(ledger.pairs()).isEqualTo(1);
    }

    @Test
    void entitiesAreUnsignedInEveryOrder() {
        LedgerPart part = ledger.open(LOG);
        for (long entity : new long[] {-1, 1, Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
            part.applyWalEvent(entity, EVER, 1, NOW);
            part.applyWalEvent(entity, HOURLY, 1, NOW);
        }
        List<Long> entities = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        ledger.forEach(NOW, reading -> {
            entities.add(reading.entityId());
            types.add(reading.signalType());
        });

        assertThat(entities)
                .containsExactly(
                        0L, 0L, 1L, 1L, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE, -1L, -1L);
        assertThat(types).containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
        assertThat(ledger.topByScore(EVER, 4, NOW))
                .extracting(SignalReading::entityId)
                .containsExactly(0L, 1L, Long.MAX_VALUE, Long.MIN_VALUE);
    }

    /** Ties, negative scores, pairs in several logs, events ahead of now; more logs than are looked up one by one, too. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8, 9, 40})
    void topIsThatOfThePlainForm(int logs) {
        MapLedger plain = new MapLedger(SCHEMA);
        SplittableRandom random = new SplittableRandom(logs);
        for (int log = 0; log < logs; log++) {
            LogId id = new LogId(3, log);
            LedgerPart part = ledger.open(id);
            for (int i = 0; i < 3_000; i++) {
                long entity = random.nextInt(random.nextInt(400) + 1) - 20;
                float weight = random.nextInt(-4, 4);
                int type = random.nextInt(2);
                long nanos = NOW - random.nextLong(10 * 24 * HOUR) + HOUR;
                part.applyWalEvent(entity, type, weight, nanos);
                plain.apply(id, entity, type, weight, nanos);
            }
        }
        List<SignalReading> all = plain.readAll(NOW);
        for (int k : new int[] {0, 1, 2, 17, 1000}) {
            for (int type = 0; type < 2; type++) {
                assertThat(ledger.topByScore(type, k, NOW))
                        .isEqualTo(MapLedger.top(all, type, k, SignalReading::score));
                for (Window window : Window.values()) {
                    assertThat(ledger.topByCount(type, window, k, NOW))
                            .isEqualTo(MapLedger.top(all, type, k, reading -> reading.count(window)));
                }
            }
        }
    }

    @Test
    void topOfNothingIsEmpty() {
        assertThat(ledger.topByScore(EVER, 10, NOW)).isEmpty();
        assertThat(ledger.topByCount(77, Window.HOUR, 10, NOW)).isEmpty();
        assertThatThrownBy(() -> ledger.topByScore(EVER, -1, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("k is -1: must be 0 or more");
    }

    @Test
    void newestEventIsThatOfAllLogs() {
        assertThat(ledger.newestEventNanos()).isZero();
        ledger.open(LOG).apply(Event.batch(List.of(new Event(1, EVER, 1, NOW + 5), new Event(1, EVER, 1, NOW))), 2);
        ledger.open(OTHER).applyWalEvent(1, EVER, 1, NOW + 3);

        assertThat(ledger.newestEventNanos()).isEqualTo(NOW + 5);
    }

    @Test
    void bytesFollowWhatIsHeld() {
        assertThat(ledger.allocatedBytes()).isZero();
        LedgerPart part = ledger.open(LOG);
        assertThat(ledger.allocatedBytes()).isLessThan(8192);
        for (int entity = 0; entity < 100_000; entity++) {
            part.applyWalEvent(entity, EVER, 1, NOW);
        }
        assertThat(ledger.allocatedBytes() / ledger.pairs()).isBetween(48L, 64L);
    }
}
