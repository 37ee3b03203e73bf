package io.walreceiver.format;

/**
 * Why a segment was refused. A fault is a value: it names the segment, the place in it, what was expected and what was found.
 */
public sealed interface SegmentFault permits Corruption, InvalidEvent {

    /** The segment that was refused. */
    WalSegmentId segment();

    /** Index of the batch at fault, from 0. */
    int batchIndex();

    /** Where the fault lies, in bytes from the start of the segment. */
    long byteOffset();

    /** What was checked, for example {@code "checksum"}. */
    String field();

    /** What the check asks for. */
    String expected();

    /** What the segment holds. */
    String found();

    /** The whole fault in one sentence. */
    default String describe() {
        return "segment " + segment() + ", batch " + batchIndex() + ", byte " + byteOffset() + ": " + field()
                + ": expected " + expected() + ", found " + found();
    }
}
