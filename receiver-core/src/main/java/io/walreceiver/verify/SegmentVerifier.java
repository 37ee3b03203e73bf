package io.walreceiver.verify;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.jspecify.annotations.Nullable;

/**
 * Checks a segment in full: structure first, then the checksum of every batch. Immutable; safe for use by any thread, and pure
 * work: it neither blocks nor keeps anything between calls.
 */
public final class SegmentVerifier {

    /** Batches hashed in one call: enough to fill a hasher's lanes, while the checksums (32 KiB) stay in a near cache. */
    private static final int TILE_BATCHES = 1024;

    private static final int CHECKSUM_BYTES = BatchHasher.CHECKSUM_BYTES;

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
        SegmentView segment;
        try {
            segment = SegmentDecoder.decode(payload);
        } catch (CorruptSegmentException e) {
            return new Refused(e.corruption());
        }
        Corruption fault = firstWrongChecksum(segment);
        return fault == null ? new Verified(segment) : new Refused(fault);
    }

    /**
     * Checks several segments, which is faster than one after the other if they are small: a hasher's lanes are filled by all of them.
     *
     * @param payloads as for {@link #verify(WalSegmentPayload)}; of one log or of many
     * @return what {@link #verify(WalSegmentPayload)} gives for each, in order
     */
    public List<VerificationResult> verify(List<WalSegmentPayload> payloads) {
        if (payloads.size() == 1) {
            return List.of(verify(payloads.get(0)));
        }
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
        new GroupChecksums(hasher, Math.min(batches, TILE_BATCHES)).check(results);
        return List.of(results);
    }

    private @Nullable Corruption firstWrongChecksum(SegmentView segment) {
        int batches = segment.batchCount();
        int tile = Math.min(batches, TILE_BATCHES);
        int[] headers = new int[tile];
        int[] payloads = new int[tile];
        byte[] checksums = new byte[tile * CHECKSUM_BYTES];
        for (int from = 0; from < batches; from += tile) {
            int count = Math.min(tile, batches - from);
            for (int i = 0; i < count; i++) {
                headers[i] = segment.batchOffset(from + i);
                payloads[i] = segment.payloadBytes(from + i);
            }
            hasher.hash(segment.bytes(), headers, payloads, 0, count, checksums);
            for (int i = 0; i < count; i++) {
                Corruption fault = wrongChecksum(segment, from + i, checksums, i * CHECKSUM_BYTES);
                if (fault != null) {
                    return fault;
                }
            }
        }
        return null;
    }

    /** The fault, if the checksum of a batch is not the one at {@code computed}. */
    static @Nullable Corruption wrongChecksum(SegmentView segment, int batch, byte[] checksums, int computed) {
        int stored = segment.checksumOffset(batch);
        return Arrays.equals(
                        segment.bytes(),
                        stored,
                        stored + CHECKSUM_BYTES,
                        checksums,
                        computed,
                        computed + CHECKSUM_BYTES)
                ? null
                : new Corruption(
                        segment.id(),
                        batch,
                        stored,
                        "checksum",
                        hex(checksums, computed) + " as the batch's bytes give",
                        hex(segment.bytes(), stored));
    }

    private static String hex(byte[] bytes, int from) {
        return Hex.encodeHexString(Arrays.copyOfRange(bytes, from, from + CHECKSUM_BYTES));
    }
}
