package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PartImageTest {

    private static final long MINUTE = 60_000_000_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final long START = 1_767_960_000_000_000_000L / HOUR * HOUR;
    private static final LogId LOG = new LogId(1, 3);
    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.exponential(0, "view", Duration.ofDays(7)), SignalType.permanent(1, "follow"));

    /** Where the first entry's words are in a page's block. */
    private static final int ENTRY = 8;

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final Part part = (Part) ledger.open(LOG);
    private final Image image = new Image();

    private static Part empty() {
        return (Part) InMemorySignalLedger.create(SCHEMA).open(LOG);
    }

    private void fill(int pairs) {
        for (int i = 0; i < pairs; i++) {
            part.applyWalEvent(i, 0, 1, START);
        }
    }

    /** Twenty events make a run, an event in each of 170 hours a dense window. */
    private static void applyRunOrDense(Part part, long entity, boolean dense) {
        for (int i = 0; i < (dense ? 170 : 20); i++) {
            part.applyWalEvent(entity, 0, 1, START + i * (dense ? HOUR : MINUTE));
        }
    }

    @Test
    void anEmptyPartHasAnImage() throws IOException {
        PartImage begun = part.beginImage(image);
        part.applyWalEvent(7, 0, 1, START);
        assertThat(image.blocks).isEmpty();
        assertThat(begun.writeSome()).isTrue();

        Part restored = empty();
        image.restoreTo(restored);
        assertThat(restored.entries().size()).isZero();
        restored.applyWalEvent(7, 0, 1, START);
        assertThat(Image.of(restored).bytes()).isDeepEqualTo(Image.of(part).bytes());
    }

    @Test
    void whatChangesIsWrittenBeforeAndOnce() {
        fill(3 * ImageFormat.PAGE_ENTRIES);
        PartImage begun = part.beginImage(image);
        part.applyWalEvent(2 * ImageFormat.PAGE_ENTRIES, 0, 1, START);
        part.applyWalEvent(2 * ImageFormat.PAGE_ENTRIES + 1, 0, 1, START);
        part.applyWalEvent(1_000_000, 0, 1, START);
        part.applyWalEvent(1_000_000, 0, 1, START);

        assertThat(image.blocks).hasSize(2);
        assertThat(image.block(1).getInt(0)).isEqualTo(2);
        assertThat(begun.writeSome()).isTrue();
        assertThat(begun.writeSome()).isTrue();
        assertThat(image.blocks).hasSize(4);
    }

    @Test
    void aStepIsSmall() {
        fill(100_000);
        try (PartImage begun = part.beginImage(image)) {
            for (boolean whole = false; !whole; ) {
                int before = image.blocks.size();
                whole = begun.writeSome();
                int bytes = image.blocks.stream()
                        .skip(before)
                        .mapToInt(block -> block.length)
                        .sum();
                assertThat(bytes).isLessThan(300 << 10);
            }
        }
        assertThat(image.blocks).hasSize(1 + ImageFormat.pages(100_000));
    }

    @Test
    void thePartCanWriteTheWholeImage() {
        fill(1_000);
        PartImage begun = part.beginImage(image);
        fill(1_000);
        assertThat(image.blocks).hasSize(1 + ImageFormat.pages(1_000));
        assertThat(begun.writeSome()).isTrue();
        begun.close();
    }

    @Test
    void theLongestBlockIsThatOfDenseWindows() {
        for (int i = 0; i < ImageFormat.PAGE_ENTRIES; i++) {
            applyRunOrDense(part, i, true);
        }
        assertThat(Image.of(part).blocks.get(1)).hasSize(123_400).hasSizeLessThan(Image.MAX_BLOCK);
    }

    /** It has a block, of which no int is in use yet. */
    @Test
    void aRunOfOneTickIsTakenOver() throws IOException {
        for (int i = 0; i < 30; i++) {
            part.applyWalEvent(5, 0, 1, START);
        }
        Part restored = empty();
        Image.of(part).restoreTo(restored);
        applyRunOrDense(part, 5, false);
        applyRunOrDense(restored, 5, false);
        assertThat(Image.of(restored).bytes()).isDeepEqualTo(Image.of(part).bytes());
    }

    @Test
    void nothingIsWrittenOfAClosedImage() {
        fill(100_000);
        PartImage begun = part.beginImage(image);
        begun.writeSome();
        int written = image.blocks.size();
        begun.close();
        begun.close();
        fill(100_000);

        assertThat(image.blocks).hasSize(written);
        assertThatIllegalStateException().isThrownBy(begun::writeSome).withMessageContaining("closed");
    }

    @Test
    void closingAnImageLeavesTheNextAlone() {
        fill(1_000);
        PartImage first = part.beginImage(image);
        first.close();
        PartImage second = part.beginImage(image);
        first.close();
        fill(1_000);
        assertThat(image.blocks).hasSize(1 + ImageFormat.pages(1_000));
        assertThat(second.writeSome()).isTrue();
    }

    @Test
    void thereIsOneImageAtATime() {
        fill(1);
        part.beginImage(image);
        assertThatIllegalStateException()
                .isThrownBy(() -> part.beginImage(image))
                .withMessageContaining("1:3");
    }

    @Test
    void onlyAnEmptyPartTakesOver() {
        fill(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> Image.of(part).restoreTo(part))
                .withMessageContaining("1:3");
    }

    @Test
    void partsOfAnySizeGrowOn() throws IOException {
        for (int pairs : new int[] {1, 63, 64, 65, 127, 128, 129, 8191, 8192, 8193, 20_000}) {
            Part small = empty();
            Part restored = empty();
            for (int i = 0; i < pairs; i++) {
                small.applyWalEvent(i, 0, i, START + i);
            }
            Image.of(small).restoreTo(restored);
            assertThat(restored.allocatedBytes()).isLessThanOrEqualTo(small.allocatedBytes());
            for (int i = 0; i < pairs + 10_000; i++) {
                small.applyWalEvent(i, 0, 1, START);
                restored.applyWalEvent(i, 0, 1, START);
            }
            assertThat(Image.of(restored).bytes()).isDeepEqualTo(Image.of(small).bytes());
        }
    }

    @Test
    void damageIsNamed() {
        fill(300);
        assertRefused(blank -> blank.blocks.clear(), "the image is empty: expected a header");
        assertRefused(one -> one.blocks.remove(0), "starts with a block of 6152 bytes: expected a header of 8");
        assertRefused(one -> one.block(0).putInt(0, 2), "format 2: expected 1");
        assertRefused(one -> one.block(0).putInt(4, -1), "4294967295 entries: expected 0..805306368");
        assertRefused(one -> one.block(0).putInt(4, 299), "page 2 with 0 ints has 2120 bytes: expected 2072");
        assertRefused(one -> one.block(0).putInt(4, 700), "page 2 with 0 ints has 2120 bytes: expected 6152");
        assertRefused(one -> one.blocks.remove(1), "lacks page 0: expected 3 pages, found 2");
        assertRefused(one -> one.blocks.add(one.blocks.get(1)), "page 0 twice");
        assertRefused(one -> one.block(1).putInt(0, 3), "a page 3: expected pages below 3");
        assertRefused(one -> one.block(1).putInt(0, -1), "a page 4294967295");
        assertRefused(one -> one.block(1).putInt(4, 1), "page 0 with 1 ints has 6152 bytes: expected 6156");
        assertRefused(one -> one.block(1).putInt(4, -1), "page 0 with 4294967295 ints has 6152 bytes");
        assertRefused(one -> one.blocks.set(1, new byte[7]), "a block of 7 bytes: expected a page of 8 or more");
        assertRefused(
                one -> {
                    byte[] longer = Arrays.copyOf(one.blocks.get(1), 6_156);
                    one.blocks.set(1, longer);
                    one.block(1).putInt(4, 1);
                },
                "page 0 has 1 ints: 1 more than its entries' windows have");
    }

    @Test
    void aDamagedEntryIsNamed() {
        fill(3);
        assertEntryRefused(entry -> entry.putLong(0, 1), "a pair twice: entity 1, signal type 0 in entries 0 and 1");
        assertEntryRefused(
                entry -> entry.putLong(8, Double.doubleToRawLongBits(Double.NaN)),
                "entry 0 of the image has score NaN: expected a finite number");
        assertEntryRefused(entry -> entry.putLong(16, -1), "event time 18446744073709551615 ns");
        assertEntryRefused(entry -> entry.putLong(24, -1), "is marked as being written");
        assertEntryRefused(entry -> entry.putLong(24, meta(2, 1, 1)), "signal type 2, which is not in the schema");
        assertEntryRefused(entry -> entry.putLong(24, meta(0, 14, 1)), "window form 14: expected 0..13");
        assertEntryRefused(entry -> entry.putLong(24, meta(0, 1, 0)), "counts 0 events: expected 1..140737488355328");
        assertEntryRefused(entry -> entry.putLong(32, -1), "has more ticks than its form 1 says");
        assertEntryRefused(entry -> entry.putLong(40, 1), "has more ticks than its form 1 says");
        assertEntryRefused(entry -> entry.putLong(16, MINUTE), "has a tick before the epoch");
    }

    @Test
    void aDamagedRunIsNamed() {
        applyRunOrDense(part, 5, false);
        assertEntryRefused(entry -> entry.putLong(32, 64), "has a run of 64 ints: expected 0..31");
        assertEntryRefused(entry -> entry.putLong(32, 1L << 32), "has a run of 4294967296 ints");
        assertEntryRefused(entry -> entry.putLong(32, 20), "a window of 20 ints: 19 are left in its page");
        assertEntryRefused(entry -> entry.putLong(32, 3), "19 ints: 16 more than its entries' windows have");
        assertEntryRefused(entry -> entry.putLong(40, -1), "a current tick of more than 32 bits");
    }

    @Test
    void aTickOfARunMayNotLieBeforeTheEpoch() {
        for (int i = 0; i < 20; i++) {
            part.applyWalEvent(5, 0, 1, i * MINUTE);
        }
        int block = ENTRY + Entries.WORDS * Long.BYTES;
        assertRefused(one -> one.block(1).putInt(block, 0xFFF0_0001), "has a tick before the epoch");
    }

    /** What its hours lack is not missing elsewhere: ticks beyond the eighth would lie in the next entry. */
    @Test
    void aDenseWindowWithMoreMinutesThanItsHoursHarmsNoOther() throws IOException {
        long purge = (START >>> 46) + 20 << 46;
        for (int i = 172; i > 0; i--) {
            part.applyWalEvent(5, 0, 1, purge - i * HOUR);
        }
        for (int i = 30; i > 0; i--) {
            part.applyWalEvent(5, 0, 1, purge - i * MINUTE);
        }
        part.applyWalEvent(6, 0, 1, START);
        Image damaged = Image.of(part);
        int hours = ENTRY + 2 * Entries.WORDS * Long.BYTES + EventTime.HOUR_MINUTES * Integer.BYTES;
        for (int i = 0; i < EventTime.WEEK_HOURS; i++) {
            damaged.block(1).putInt(hours + i * Integer.BYTES, 0);
        }
        Part restored = empty();
        damaged.restoreTo(restored);
        long[] before = entry(restored, 1);
        restored.applyWalEvent(5, 0, 1, purge);
        assertThat(entry(restored, 1)).isEqualTo(before);
    }

    private static long[] entry(Part part, int id) {
        int at = Entries.at(id);
        return Arrays.copyOfRange(part.entries().chunk(id), at, at + Entries.WORDS);
    }

    @Test
    void aDamagedDenseWindowIsNamed() {
        applyRunOrDense(part, 5, true);
        assertEntryRefused(entry -> entry.putLong(32, 1), "has a dense window and something beside it");
        assertEntryRefused(entry -> entry.putLong(16, START), "has a dense window at minute ");
    }

    private static long meta(int signalType, int form, long allTime) {
        return (long) signalType << 55 | (long) form << 48 | allTime;
    }

    /** Damages the first entry. */
    private void assertEntryRefused(Consumer<ByteBuffer> damage, String message) {
        assertRefused(
                one -> damage.accept(
                        one.block(1).position(ENTRY).slice().order(one.block(1).order())),
                message);
    }

    private void assertRefused(Consumer<Image> damage, String message) {
        Image damaged = Image.of(part);
        damage.accept(damaged);
        Part restored = empty();
        assertThatIOException().isThrownBy(() -> damaged.restoreTo(restored)).withMessageContaining(message);
        assertThat(restored.entries().size()).isZero();
        assertThat(restored.find(PairIndex.hash(5, 0), 5, 0)).isNegative();
    }

    @Test
    void whatTheReaderThrowsIsThrownOn() {
        assertThatIOException()
                .isThrownBy(() -> part.restore(() -> {
                    throw new IOException("the disk is gone");
                }))
                .withMessage("the disk is gone");
    }
}
