package io.walreceiver.format;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What tells one batch of a log from any other that might stand in its place: a follower names the last one that it holds, and a leader
 * that holds none like it has written another history.
 *
 * @param firstSeq sequence number of its first event, 1 or more
 * @param count how many events, 1..65,535
 * @param checksum its 32 bytes of BLAKE3, as in the header; not copied, never changed
 */
public record BatchMark(long firstSeq, int count, byte[] checksum) {

    /** Bytes of a checksum. */
    public static final int CHECKSUM_BYTES = 32;

    public BatchMark {
        if (firstSeq < 1 || count < 1 || count > BatchHeader.MAX_EVENTS || checksum.length != CHECKSUM_BYTES) {
            throw new IllegalArgumentException("batch of " + count + " events from " + firstSeq + " with a checksum of "
                    + checksum.length + " bytes: expected 1.." + BatchHeader.MAX_EVENTS + " events from 1 or more, and "
                    + CHECKSUM_BYTES + " bytes");
        }
    }

    /** Sequence number of its last event. */
    public long lastSeq() {
        return firstSeq + count - 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BatchMark mark
                && mark.firstSeq == firstSeq
                && mark.count == count
                && Arrays.equals(mark.checksum, checksum);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(firstSeq) + Arrays.hashCode(checksum);
    }

    @Override
    public String toString() {
        return "batch of events " + firstSeq + ".." + lastSeq() + " with checksum "
                + HexFormat.of().formatHex(checksum, 0, 4) + "...";
    }
}
