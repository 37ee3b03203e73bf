package io.walreceiver.server.inspect;

import io.walreceiver.format.EventBatch;

/** A stretch of a segment file. */
public sealed interface SegmentPart {

    /**
     * Its number among the parts, from 0. Bytes that are no batch count as one, so that this is the number by which a decoder
     * names the batch that it refuses.
     */
    int index();

    /** Where it starts, in bytes from the start of the file. */
    int offset();

    /**
     * A batch that lies whole within the file; whether its bytes are right is another question.
     *
     * @param index its number among the parts
     * @param offset where its header starts
     * @param version of its header
     * @param region as the header says; meaningless in version 1
     * @param shard as the header says; meaningless in version 1
     * @param events a view over its events
     * @param checksumOk whether the checksum is right
     * @param follows whether its first event follows the one before, where there is one
     */
    record Batch(
            int index,
            int offset,
            int version,
            int region,
            int shard,
            EventBatch events,
            boolean checksumOk,
            boolean follows)
            implements SegmentPart {}

    /**
     * Bytes that are no batch.
     *
     * @param index its number among the parts
     * @param offset where they start
     * @param length how many there are
     * @param reason why they cannot be read
     */
    record Unreadable(int index, int offset, int length, String reason) implements SegmentPart {}
}
