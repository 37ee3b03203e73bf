package io.walreceiver.format;

/** Thrown by {@link SegmentDecoder} for a segment that breaks the format. Carries the {@link Corruption}. */
public final class CorruptSegmentException extends RuntimeException {

    private final transient Corruption corruption;

    CorruptSegmentException(Corruption corruption) {
        super(corruption.describe(), null, false, false);
        this.corruption = corruption;
    }

    /** What is wrong with the segment, and where. */
    public Corruption corruption() {
        return corruption;
    }
}
