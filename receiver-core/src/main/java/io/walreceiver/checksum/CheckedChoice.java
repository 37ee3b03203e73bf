package io.walreceiver.checksum;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses a fast hasher only if it agrees with the reference, on batches that reach each of its paths. */
final class CheckedChoice {

    private static final Logger LOG = LoggerFactory.getLogger(CheckedChoice.class);

    /** Around the ends of the header, of blocks and of chunks, in one to five chunks. Payloads, hence 32 bytes less. */
    private static final int[] PAYLOADS = {
        2100, 0, 21, 31, 32, 33, 95, 96, 97, 210, 991, 992, 993, 1024, 1055, 1056, 1057, 2015, 2016, 2017, 2079, 3040,
        3041, 4064, 4065
    };

    /** The same lengths again and again, until the 17 inner nodes above the chunks of each round are enough for lanes. */
    private static final int REPEATS = 1 + ChunkGroups.MIN_LANES / 17;

    private CheckedChoice() {}

    /** The candidate, or the reference and a warning if the candidate is wrong. */
    static BatchHasher of(BatchHasher candidate, BatchHasher reference) {
        try {
            if (agree(candidate, reference)) {
                return candidate;
            }
            LOG.warn("{} does not agree with {}, which is used instead: verification is slower", candidate, reference);
        } catch (RuntimeException e) {
            LOG.warn("{} fails, {} is used instead: verification is slower", candidate, reference, e);
        }
        return reference;
    }

    /** All at once, which fills lanes, and each on its own, which does not. */
    private static boolean agree(BatchHasher candidate, BatchHasher reference) {
        int batches = REPEATS * PAYLOADS.length;
        int[] payloads = new int[batches];
        int[] headers = new int[batches];
        int size = 1; // an odd address for the first
        for (int i = 0; i < batches; i++) {
            headers[i] = size;
            payloads[i] = PAYLOADS[i % PAYLOADS.length];
            size += BatchSpans.PAYLOAD + payloads[i];
        }
        byte[] segment = new byte[size];
        new SplittableRandom(3).nextBytes(segment);
        byte[] expected = new byte[batches * BatchHasher.CHECKSUM_BYTES];
        byte[] found = new byte[expected.length];
        reference.hash(segment, headers, payloads, 0, batches, expected);
        candidate.hash(segment, headers, payloads, 0, batches, found);
        boolean agree = Arrays.equals(expected, found);
        for (int i = 0; i < PAYLOADS.length; i++) {
            byte[] one = new byte[BatchHasher.CHECKSUM_BYTES];
            candidate.hash(segment, headers, payloads, i, i + 1, one);
            int at = i * BatchHasher.CHECKSUM_BYTES;
            agree &= Arrays.equals(one, 0, one.length, expected, at, at + one.length);
        }
        return agree;
    }

    /** Made when first asked for, and once. */
    static final class Fastest {

        static final BatchHasher INSTANCE =
                of(new LaneHasher(LaneKernels.fastest(), BouncyCastleHasher.INSTANCE), BouncyCastleHasher.INSTANCE);

        private Fastest() {}
    }
}
