package io.walreceiver.format;

/**
 * The segment breaks the format: its bytes are not what a leader wrote. A good copy heals it.
 *
 * @param segment the segment that was refused
 * @param batchIndex index of the batch at fault, from 0
 * @param byteOffset where the fault lies, in bytes from the start of the segment
 * @param field what was checked
 * @param expected what the check asks for
 * @param found what the segment holds
 */
public record Corruption(
        WalSegmentId segment, int batchIndex, long byteOffset, String field, String expected, String found)
        implements SegmentFault {

    @Override
    public String toString() {
        return describe();
    }
}
