package io.walreceiver.checksum;

/** The two runs of bytes that a batch's checksum covers, seen from the start of its header. */
final class BatchSpans {

    /** The first run is the header's first 32 bytes; the next 32 hold the checksum itself. */
    static final int HASHED_HEADER_BYTES = 32;

    /** The second run, the payload, follows the whole header. */
    static final int PAYLOAD = 64;

    private BatchSpans() {}
}
