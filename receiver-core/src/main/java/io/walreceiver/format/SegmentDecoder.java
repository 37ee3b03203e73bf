package io.walreceiver.format;

/** Checks the structure of a segment and gives a view over it. */
public final class SegmentDecoder {

    private SegmentDecoder() {}

    /**
     * Checks lengths, headers, sequence and identity (rules 1, 2, 4 and 5 of the format; checksums are not looked at).
     *
     * @throws CorruptSegmentException if a rule is broken
     */
    public static SegmentView decode(WalSegmentPayload payload) {
        throw new UnsupportedOperationException();
    }
}
