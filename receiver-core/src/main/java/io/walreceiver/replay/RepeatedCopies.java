package io.walreceiver.replay;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often the same bytes came as a refused segment: what comes broken in the same way each time is broken where it comes from. */
final class RepeatedCopies {

    /** Copies remembered; beyond that the one that came longest ago is forgotten. */
    private static final int MAX_COPIES = 64;

    private record Copy(WalSegmentId segment, int size, String digest) {}

    private final Map<Copy, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Copy, Integer> eldest) {
            return size() > MAX_COPIES;
        }
    };

    /** Counts a copy; returns how often these very bytes have come. */
    int count(WalSegmentPayload segment) {
        return counts.merge(new Copy(segment.id(), segment.bytes().length, digest(segment.bytes())), 1, Integer::sum);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
