package io.walreceiver.storage.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkipsTest {

    private static final Instant NOON = Instant.parse("2025-03-01T12:00:00.123456789Z");

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void aFolderWithoutTheFileHasNone() throws IOException {
        assertThat(Skips.read(disk, folder)).isEqualTo(Skips.NONE);
    }

    @Test
    void everythingComesBackExactly() throws IOException {
        Skips skips = skips(
                new Skip(1, Long.MAX_VALUE, Instant.MAX, ""),
                new Skip(7, 7, Instant.MIN, " the leader's disk\r\nwas lost \\ 事 \uDC00 "));
        skips.write(disk, folder);

        assertThat(Skips.read(disk, folder)).isEqualTo(skips);
        assertThat(Skips.parse(folder, skips.lines(), "look")).isEqualTo(skips);
    }

    @Test
    void peopleCanReadIt() throws IOException {
        skips(new Skip(1001, 1500, NOON, "the leader's disk was lost")).write(disk, folder);

        assertThat(TextFile.read(disk, folder.resolve("skips")))
                .containsExactly(
                        "walreceiver skips",
                        "skip 1001 through 1500 at 2025-03-01T12:00:00.123456789Z reason the leader's disk was lost");
    }

    @Test
    void everyDamageIsFound() throws IOException {
        skips(new Skip(1, 2, NOON, "why"), new Skip(9, 12, NOON, "why not")).write(disk, folder);

        Damage.everyKindIsFound(folder.resolve(Skips.FILE), () -> Skips.read(disk, folder));
    }

    @ParameterizedTest
    @CsvSource({
        "skip 2 through 1 at 2025-03-01T12:00:00Z reason why",
        "skip 0 through 1 at 2025-03-01T12:00:00Z reason why",
        "skip 1 through x at 2025-03-01T12:00:00Z reason why",
        "skip 1 through 2 at noon reason why",
        "skip 1 through 2 at 2025-03-01T12:00:00Z",
        "skip 1 through 2 at 2025-03-01T12:00:00Z reason \\",
    })
    void aLineThatMeansNothingIsDamage(String line) throws IOException {
        TextFile.write(disk, folder.resolve(Skips.FILE), List.of("walreceiver skips", line));

        assertThatThrownBy(() -> Skips.read(disk, folder))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining("line 2: expected skip FROM through THROUGH at TIME reason REASON, found 'skip");
    }

    @Test
    void aHoleHasAFirstAndALastEvent() {
        assertThatThrownBy(() -> new Skip(0, 1, NOON, "why"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("skip of events 0 through 1: must be 1 <= from <= through");
        assertThatThrownBy(() -> new Skip(3, 2, NOON, "why")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void recordsAreInOrderAndEachOnce() {
        Skip first = new Skip(1, 2, NOON, "a");
        Skip later = new Skip(1, 2, NOON.plusSeconds(1), "a");
        Skip last = new Skip(5, 5, NOON, "a");

        assertThat(Skips.NONE.plus(last).plus(later).plus(first).plus(last).records())
                .containsExactly(first, later, last);
        assertThat(skips(first, last).union(skips(later, last))).isEqualTo(skips(first, later, last));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "2, 6",
        "3, 6",
        "6, 6",
        "7, 20",
        "8, 20",
        "9, 20",
        "20, 20",
        "97, 97",
        "98, 100",
        "100, 100"
    })
    void holesThatFollowEachOtherArePassedAtOnce(long position, long expected) {
        // 3..4, 5..6 side by side; 8..15 with 9..10 inside and 12..18 across; 19..20; 99..100
        Skips skips =
                skips(skip(19, 20), skip(12, 18), skip(8, 15), skip(9, 10), skip(5, 6), skip(3, 4), skip(99, 100));

        assertThat(skips.skippedThrough(position)).isEqualTo(expected);
    }

    @Test
    void theLastPositionOfAllOverflowsNothing() {
        Skips skips = skips(skip(5, Long.MAX_VALUE));

        assertThat(skips.skippedThrough(4)).isEqualTo(Long.MAX_VALUE);
        assertThat(skips.skippedThrough(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    /** Against stepping over one event at a time. */
    @Test
    void passingHolesAgreesWithTheObviousWay() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            List<Skip> records = new ArrayList<>();
            for (int n = random.nextInt(6); n > 0; n--) {
                long from = 1 + random.nextInt(30);
                records.add(skip(from, from + random.nextInt(6)));
            }
            long position = random.nextInt(36);
            assertThat(new Skips(records).skippedThrough(position))
                    .as("seed %d: %s from %d", seed, records, position)
                    .isEqualTo(oneByOne(records, position));
        }
    }

    private static long oneByOne(List<Skip> records, long position) {
        long next = position + 1;
        while (covers(records, next)) {
            next++;
        }
        return next - 1;
    }

    private static boolean covers(List<Skip> records, long event) {
        return records.stream().anyMatch(skip -> skip.from() <= event && event <= skip.through());
    }

    private static Skip skip(long from, long through) {
        return new Skip(from, through, NOON, "why");
    }

    private static Skips skips(Skip... records) {
        return new Skips(List.of(records));
    }
}
