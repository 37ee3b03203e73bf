package io.walreceiver.checksum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The lanes against the reference, with vectors where the virtual machine was started with them
 * ({@code -Dtest.argLine="--add-modules jdk.incubator.vector"}, JDK 25 or later).
 *
 * <p>Repeat the random parts with {@code -Dlanes.seed=N}; let them run longer with {@code -Dlanes.millis=N} (2,000 by default) and
 * {@code -Dlanes.sets=N} (20,000 by default).
 */
class LaneHasherTest {

    private static final long SEED = Long.getLong("lanes.seed", System.nanoTime());
    private static final long MILLIS = Long.getLong("lanes.millis", 2_000);

    private static final int SETS = Integer.getInteger("lanes.sets", 20_000);

    private static final int EVENT = 21;
    private static final int MOST_EVENTS = 65_535;

    private final BatchHasher lanes = new LaneHasher(LaneKernels.fastest(), BatchHasher.bouncyCastle());

    @Test
    void everyGroupSizeFromOneOn() {
        for (int batches = 1; batches <= 130; batches++) {
            check(Batches.of(new SplittableRandom(batches), fill(batches, 100 * EVENT)));
            check(Batches.of(new SplittableRandom(batches), fill(batches, EVENT)));
        }
    }

    /** One more or less than a whole number of lanes, of chunks and of parents; one more than a tile. */
    @Test
    void groupsAroundTheNumberOfLanesAndTheSizeOfATile() {
        for (int around : new int[] {LaneKernel.LANES, 2 * LaneKernel.LANES, ChunkTile.CHUNKS / 3, ChunkTile.CHUNKS}) {
            for (int batches = around - 1; batches <= around + 1; batches++) {
                check(Batches.of(new SplittableRandom(batches), fill(batches, 100 * EVENT)));
                check(Batches.of(new SplittableRandom(batches), fill(batches, 10 * EVENT)));
            }
        }
    }

    /** A batch by itself is hashed by the scalar form. */
    @Test
    void everyLengthAlone() {
        SplittableRandom random = new SplittableRandom(4);
        byte[] segment = new byte[64 + 8_192];
        random.nextBytes(segment);
        byte[] expected = new byte[32];
        byte[] found = new byte[32];
        for (int payload = 0; payload <= 8_192; payload++) {
            BatchHasher.bouncyCastle().hash(segment, new int[] {0}, new int[] {payload}, 0, 1, expected);
            lanes.hash(segment, new int[] {0}, new int[] {payload}, 0, 1, found);
            assertThat(found).as("payload of %d bytes", payload).isEqualTo(expected);
        }
    }

    /**
     * A first block takes 32 bytes from before the gap and up to 32 from behind it: every such split, at every place in memory that
     * differs for a vector, in lanes and alone. What lies in the gap, the stored checksum, is not hashed.
     */
    @Test
    void everySplitAroundTheGapWhereverTheHeaderLies() {
        byte[] segment = new byte[64 * 1_500];
        new SplittableRandom(13).nextBytes(segment);
        for (int offset = 0; offset < 64; offset++) {
            int first = offset;
            int[] headers = IntStream.range(0, 130).map(i -> first + 700 * i).toArray();
            int[] payloads = IntStream.range(0, 130).toArray();
            Batches batches = new Batches(segment, headers, payloads);
            check(batches);
            byte[] before = batches.hashedBy(lanes);
            byte[] alone = new byte[32];
            for (int i = 0; i < 130; i += 13) {
                lanes.hash(segment, headers, payloads, i, i + 1, alone);
                assertThat(alone).isEqualTo(Arrays.copyOfRange(before, i * 32, i * 32 + 32));
            }
            for (int header : headers) {
                segment[header + 32 + offset % 32]++;
            }
            assertThat(batches.hashedBy(lanes)).isEqualTo(before);
        }
    }

    /** All lengths in one call, in random order: in every group lanes leave at different blocks. */
    @Test
    void everyLengthInRandomOrder() {
        SplittableRandom random = new SplittableRandom(5);
        int[] payloads = IntStream.range(0, 5_000).toArray();
        for (int i = payloads.length; i > 1; i--) {
            int other = random.nextInt(i);
            int swapped = payloads[i - 1];
            payloads[i - 1] = payloads[other];
            payloads[other] = swapped;
        }
        check(Batches.of(random, payloads));
    }

    @Test
    void everyNumberOfChunksUpToSeventy() {
        check(Batches.of(
                new SplittableRandom(6),
                IntStream.rangeClosed(1, 70).map(chunks -> chunks * 1024 - 40).toArray()));
    }

    @Test
    void largestBatchesOfTheFormat() {
        int largest = MOST_EVENTS * EVENT;
        check(Batches.of(new SplittableRandom(7), largest));
        check(Batches.of(new SplittableRandom(8), 2100, largest, 21, largest, largest, 2100, largest));
    }

    /** The format has none, but the interface allows them. */
    @Test
    void batchesThatFitIntoNoTileGoToTheOtherHasher() {
        int full = ChunkTile.CHUNKS * Blake3.CHUNK_BYTES - BatchSpans.HASHED_HEADER_BYTES;
        check(Batches.of(new SplittableRandom(9), 21, full, full + 1, 2100));
    }

    @Test
    void batchesMayOverlapAndComeInAnyOrder() {
        byte[] segment = new byte[20_000];
        new SplittableRandom(10).nextBytes(segment);
        int[] headers = IntStream.range(0, 500).map(i -> (i * 7_919) % 15_000).toArray();
        int[] payloads = IntStream.range(0, 500).map(i -> (i * 31) % 4_000).toArray();
        check(new Batches(segment, headers, payloads));
    }

    @Test
    void subRangesAreHashedWhereTheyBelong() {
        Batches batches = Batches.of(new SplittableRandom(11), fill(300, 50 * EVENT));
        byte[] all = batches.hashedBy(BatchHasher.bouncyCastle());
        for (int[] range : new int[][] {{0, 1}, {299, 300}, {7, 7}, {100, 250}, {0, 300}}) {
            byte[] out = new byte[301 * 32];
            lanes.hash(batches.segment, batches.headers, batches.payloads, range[0], range[1], out);
            int bytes = (range[1] - range[0]) * 32;
            assertThat(Arrays.copyOf(out, bytes)).isEqualTo(Arrays.copyOfRange(all, range[0] * 32, range[1] * 32));
            assertThat(Arrays.copyOfRange(out, bytes, out.length)).containsOnly(0);
        }
    }

    @Test
    void randomBatches() {
        System.out.println("lanes: repeat with -Dlanes.seed=" + SEED);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
        for (long round = 0; round == 0 || System.nanoTime() - end < 0; round++) {
            check(Batches.random(new SplittableRandom(SEED + round)));
        }
    }

    /** Around the least number of lanes, where the two forms share the work. */
    @Test
    void randomSmallSets() {
        for (int set = 0; set < SETS; set++) {
            SplittableRandom random = new SplittableRandom(SEED - 1 - set);
            int[] payloads = new int[1 + random.nextInt(100)];
            int limit = 1 << random.nextInt(1, 10);
            for (int i = 0; i < payloads.length; i++) {
                payloads[i] = random.nextInt(limit);
            }
            check(Batches.of(random, payloads));
        }
    }

    /** More threads than the pool holds scratch for, each with work of its own. */
    @Test
    void threadsDoNotDisturbEachOther() throws InterruptedException {
        Thread[] threads = new Thread[2 * Runtime.getRuntime().availableProcessors() + 2];
        boolean[] right = new boolean[threads.length];
        for (int t = 0; t < threads.length; t++) {
            int number = t;
            threads[t] = new Thread(() -> {
                Batches own = Batches.of(new SplittableRandom(number), fill(50 + 100 * number, 1500 + number));
                byte[] expected = own.hashedBy(BatchHasher.bouncyCastle());
                right[number] = IntStream.range(0, 20).allMatch(i -> Arrays.equals(own.hashedBy(lanes), expected));
            });
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(right).doesNotContain(false);
    }

    /** The callers' bounds are their promise; breaking it must not spoil later work. */
    @Test
    void aFailedCallLeavesNothingBehind() {
        Batches good = Batches.of(new SplittableRandom(12), fill(200, 2100));
        byte[] tooShort = Arrays.copyOf(good.segment, good.segment.length - 1);

        assertThatThrownBy(() -> new Batches(tooShort, good.headers, good.payloads).hashedBy(lanes))
                .isInstanceOf(IndexOutOfBoundsException.class);
        check(good);
    }

    /** Batches of several segments in one call, as many as fill the lanes, a tile and what is gathered at a time, and large ones between. */
    @Test
    void batchesOfSeveralSegments() {
        for (int count : new int[] {0, 1, 2, 64, 130, 1_023, 1_024, 1_025, 2_500}) {
            SplittableRandom random = new SplittableRandom(count);
            Batches[] alone = new Batches[count];
            for (int i = 0; i < count; i++) {
                int events = i % 500 == 77 ? 13_000 : i % 3 == 0 ? random.nextInt(200) : 100;
                alone[i] = Batches.of(random, events * EVENT);
            }
            byte[] out = new byte[count * 32];
            lanes.hash(
                    Arrays.stream(alone).map(Batches::segment).toArray(byte[][]::new),
                    Arrays.stream(alone).mapToInt(batch -> batch.headers[0]).toArray(),
                    Arrays.stream(alone).mapToInt(batch -> batch.payloads[0]).toArray(),
                    count,
                    out);
            for (int i = 0; i < count; i++) {
                assertThat(Arrays.copyOfRange(out, i * 32, i * 32 + 32))
                        .as("batch %d of %d", i, count)
                        .isEqualTo(alone[i].hashedBy(BatchHasher.bouncyCastle()));
            }
        }
    }

    private void check(Batches batches) {
        byte[] before = batches.segment.clone();
        byte[] expected = batches.hashedBy(BatchHasher.bouncyCastle());
        checkEqual(expected, batches.hashedBy(lanes));
        checkEqual(expected, batches.hashedAsOfSeveralBy(lanes));
        assertThat(Arrays.equals(before, batches.segment))
                .as("segment unchanged")
                .isTrue();
    }

    private static void checkEqual(byte[] expected, byte[] found) {
        int mismatch = Arrays.mismatch(expected, found);
        assertThat(mismatch)
                .as("batch %d of %d, seed %d", mismatch / 32, expected.length / 32, SEED)
                .isNegative();
    }

    private static int[] fill(int batches, int payload) {
        int[] payloads = new int[batches];
        Arrays.fill(payloads, payload);
        return payloads;
    }

    /** A segment of batches, random bytes throughout. */
    private record Batches(byte[] segment, int[] headers, int[] payloads) {

        /** Back to back from an odd offset; the last ends where the array ends. */
        static Batches of(SplittableRandom random, int... payloads) {
            int[] headers = new int[payloads.length];
            int size = 1 + random.nextInt(64);
            for (int i = 0; i < payloads.length; i++) {
                headers[i] = size;
                size += 64 + payloads[i];
            }
            byte[] segment = new byte[size];
            random.nextBytes(segment);
            return new Batches(segment, headers, payloads);
        }

        /** Few or many, alike or mixed, small mostly and large at times. */
        static Batches random(SplittableRandom random) {
            int batches = 1 + random.nextInt(random.nextBoolean() ? 40 : 3_000);
            int limit = 1 << random.nextInt(1, 15);
            boolean alike = random.nextInt(4) == 0;
            int same = random.nextInt(limit);
            int[] payloads = new int[batches];
            for (int i = 0; i < batches; i++) {
                payloads[i] = alike ? same : random.nextInt(limit);
            }
            if (random.nextInt(4) == 0) {
                payloads[random.nextInt(batches)] = EVENT * random.nextInt(MOST_EVENTS + 1);
            }
            return of(random, payloads);
        }

        byte[] hashedBy(BatchHasher hasher) {
            byte[] out = new byte[payloads.length * 32];
            hasher.hash(segment, headers, payloads, 0, payloads.length, out);
            return out;
        }

        byte[] hashedAsOfSeveralBy(BatchHasher hasher) {
            byte[][] segments = new byte[payloads.length][];
            Arrays.fill(segments, segment);
            byte[] out = new byte[payloads.length * 32];
            hasher.hash(segments, headers, payloads, payloads.length, out);
            return out;
        }
    }
}
