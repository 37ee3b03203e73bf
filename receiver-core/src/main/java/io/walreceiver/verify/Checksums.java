package io.walreceiver.verify;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.SegmentView;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.Arrays;
import org.apache.commons.codec.binary.Hex;

/** Checks the checksums of segments, a tile of batches at a time, whichever segments they are of. */
final class Checksums {

    private static final int CHECKSUM_BYTES = BatchHasher.CHECKSUM_BYTES;

    private final BatchHasher hasher;

    /** Of each batch of the tile: which segment it is of, and which batch of that. */
    private final int[] numbers;

    private final int[] batches;

    /** The same as the hasher takes it. */
    private final byte[][] bytes;

    private final int[] headers;
    private final int[] payloads;
    private final byte[] checksums;
    private int count;

    /** @param tile how many batches are hashed in one call */
    Checksums(BatchHasher hasher, int tile) {
        this.hasher = hasher;
        this.numbers = new int[tile];
        this.batches = new int[tile];
        this.bytes = new byte[tile][];
        this.headers = new int[tile];
        this.payloads = new int[tile];
        this.checksums = new byte[tile * CHECKSUM_BYTES];
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
            if (count == numbers.length) {
                checkTile(results);
                if (results[number] instanceof Refused) { // the first wrong one is enough
                    return;
                }
            }
            numbers[count] = number;
            batches[count] = batch;
            bytes[count] = segment.bytes();
            headers[count] = segment.batchOffset(batch);
            payloads[count++] = segment.payloadBytes(batch);
        }
    }

    private void checkTile(VerificationResult[] results) {
        if (count == 0) {
            return;
        }
        if (numbers[0] == numbers[count - 1]) { // of one segment: they need not be gathered
            hasher.hash(bytes[0], headers, payloads, 0, count, checksums);
        } else {
            hasher.hash(bytes, headers, payloads, count, checksums);
        }
        for (int i = 0; i < count; i++) {
            if (results[numbers[i]] instanceof Verified verified && !isRight(verified.segment(), i)) {
                results[numbers[i]] = new Refused(wrong(verified.segment(), i));
            }
        }
        count = 0;
    }

    private boolean isRight(SegmentView segment, int i) {
        int stored = segment.checksumOffset(batches[i]);
        int computed = i * CHECKSUM_BYTES;
        return Arrays.equals(bytes[i], stored, stored + CHECKSUM_BYTES, checksums, computed, computed + CHECKSUM_BYTES);
    }

    private Corruption wrong(SegmentView segment, int i) {
        int stored = segment.checksumOffset(batches[i]);
        return new Corruption(
                segment.id(),
                batches[i],
                stored,
                "checksum",
                hex(checksums, i * CHECKSUM_BYTES) + " as the batch's bytes give",
                hex(bytes[i], stored));
    }

    private static String hex(byte[] bytes, int from) {
        return Hex.encodeHexString(Arrays.copyOfRange(bytes, from, from + CHECKSUM_BYTES));
    }
}
