package io.walreceiver.verify;

import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;

/** What {@link SegmentVerifier} says about a segment. */
public sealed interface VerificationResult {

    /**
     * The segment keeps every rule of the format, checksums included.
     *
     * @param segment a view over the bytes that were delivered
     */
    record Verified(SegmentView segment) implements VerificationResult {}

    /**
     * The segment breaks the format.
     *
     * @param fault the first fault found
     */
    record Refused(SegmentFault fault) implements VerificationResult {}
}
