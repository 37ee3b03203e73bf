package io.walreceiver.verify;

import io.walreceiver.format.VerdictVectors;
import io.walreceiver.format.WalSegmentPayload;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random damage to the vectors, under the id and claim they were delivered with and under those that the bytes suggest. More of it:
 * {@code -Dtest.argLine="-Dmutations=1000000"}; repeat a run: {@code -Dtest.argLine="-Dmutation.seed=N"}.
 */
class SegmentMutationTest {

    private static final int MUTATIONS = Integer.getInteger("mutations", 20_000);
    /** Values that sit on the edges of the format's fields. */
    private static final long[] EDGES = {
        0, 1, 2, 21, 22, 63, 64, 65, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFFL, -1, Long.MIN_VALUE, Long.MAX_VALUE
    };

    private final long seed = Long.getLong("mutation.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void damagedSegmentsAreRefusedOrReencodeToTheSame() throws IOException {
        List<WalSegmentPayload> vectors = VerdictVectors.rows().stream()
                .map(VerdictVectors.Row::payload)
                .filter(payload -> payload.bytes().length < 10_000)
                .toList();
        for (int i = 0; i < MUTATIONS; i++) {
            WalSegmentPayload vector = vectors.get(random.nextInt(vectors.size()));
            byte[] damaged = vector.bytes().clone();
            try {
                for (int steps = 1 + random.nextInt(4); steps > 0; steps--) {
                    damaged = damage(damaged);
                }
                SegmentProperties.check(damaged);
                SegmentProperties.check(new WalSegmentPayload(vector.id(), damaged, vector.eventCount()));
            } catch (Throwable e) {
                throw new AssertionError("mutation " + i + " of -Dmutation.seed=" + seed, e);
            }
        }
    }

    private byte[] damage(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[random.nextInt(200)];
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> {
                return Arrays.copyOf(bytes, bytes.length + random.nextInt(200));
            }
            case 4 -> writeEdge(bytes, at);
            default -> {
                int length = random.nextInt(bytes.length - at + 1);
                System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
            }
        }
        return bytes;
    }

    private void writeEdge(byte[] bytes, int at) {
        long edge = EDGES[random.nextInt(EDGES.length)];
        int width = 1 << random.nextInt(4);
        for (int i = 0; i < width && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (edge >>> (8 * i));
        }
    }
}
