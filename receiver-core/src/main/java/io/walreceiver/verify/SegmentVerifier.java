package io.walreceiver.verify;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.List;

/**
 * Checks a segment in full: structure first, then the checksum of every batch. Immutable; safe for use by any thread, and pure
 * work: it neither blocks nor keeps anything between calls.
 */
public final class SegmentVerifier {

    /** Batches hashed in one call: enough to fill a hasher's lanes, while the checksums (32 KiB) stay in a near cache. */
    private static final int TILE_BATCHES = 1024;

    private final BatchHasher hasher;

    /**
     * A verifier.
     *
     * @param hasher computes the checksums
     */
    public SegmentVerifier(BatchHasher hasher) {
        this.hasher = hasher;
    }

    /**
     * Checks a segment.
     *
     * @param payload as delivered; its bytes are read, not copied, and must not change from now on
     * @return the segment, or its first fault: of the structure if that is broken, else of a checksum. A fault is a value; no
     *     bytes make this throw.
     */
    public VerificationResult verify(WalSegmentPayload payload) {
        return verify(List.of(payload)).get(0);
    }

    /**
     * Checks several segments, which is faster than one after the other if they are small: a hasher's lanes are filled by all of them.
     *
     * @param payloads as for {@link #verify(WalSegmentPayload)}; of one log or of many
     * @return what {@link #verify(WalSegmentPayload)} gives for each, in order
     */
    public List<VerificationResult> verify(List<WalSegmentPayload> payloads) {
        VerificationResult[] results = new VerificationResult[payloads.size()];
        int batches = 0;
        for (int i = 0; i < results.length; i++) {
            try {
                SegmentView segment = SegmentDecoder.decode(payloads.get(i));
                results[i] = new Verified(segment);
                batches += segment.batchCount();
            } catch (CorruptSegmentException e) {
                results[i] = new Refused(e.corruption());
            }
        }
        new Checksums(hasher, Math.min(batches, TILE_BATCHES)).check(results);
        return List.of(results);
    }
}
