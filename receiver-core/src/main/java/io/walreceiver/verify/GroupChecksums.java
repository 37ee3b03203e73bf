package io.walreceiver.verify;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.SegmentView;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;

/** Checks the checksums of several segments, a tile of batches at a time, whichever segments they are of. */
final class GroupChecksums {

    private final BatchHasher hasher;

    /** Of each batch of the tile: its segment, which of all that is, and which batch of it. */
    private final SegmentView[] segments;

    private final int[] numbers;
    private final int[] batches;

    /** The same as the hasher takes it. */
    private final byte[][] bytes;

    private final int[] headers;
    private final int[] payloads;
    private final byte[] checksums;
    private int count;

    /** @param tile how many batches are hashed in one call */
    GroupChecksums(BatchHasher hasher, int tile) {
        this.hasher = hasher;
        this.segments = new SegmentView[tile];
        this.numbers = new int[tile];
        this.batches = new int[tile];
        this.bytes = new byte[tile][];
        this.headers = new int[tile];
        this.payloads = new int[tile];
        this.checksums = new byte[tile * BatchHasher.CHECKSUM_BYTES];
    }

    /** Puts the first wrong checksum of each segment in place of what is said of it so far. */
    void check(VerificationResult[] results) {
        for (int i = 0; i < results.length; i++) {
            if (results[i] instanceof Verified verified) {
                add(i, verified.segment(), results);
            }
        }
        checkTile(results);
    }

    private void add(int number, SegmentView segment, VerificationResult[] results) {
        for (int batch = 0, n = segment.batchCount(); batch < n; batch++) {
            if (count == segments.length) {
                checkTile(results);
            }
            segments[count] = segment;
            numbers[count] = number;
            batches[count] = batch;
            bytes[count] = segment.bytes();
            headers[count] = segment.batchOffset(batch);
            payloads[count++] = segment.payloadBytes(batch);
        }
    }

    private void checkTile(VerificationResult[] results) {
        hasher.hash(bytes, headers, payloads, count, checksums);
        for (int i = 0; i < count; i++) {
            int number = numbers[i];
            Corruption fault =
                    SegmentVerifier.wrongChecksum(segments[i], batches[i], checksums, i * BatchHasher.CHECKSUM_BYTES);
            if (fault != null && results[number] instanceof Verified) {
                results[number] = new Refused(fault);
            }
        }
        count = 0;
    }
}
