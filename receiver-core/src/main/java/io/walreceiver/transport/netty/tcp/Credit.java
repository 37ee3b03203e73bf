package io.walreceiver.transport.netty.tcp;

/**
 * How much of segments may be under way: both ends of a connection count the same, one to keep to it, the other to see that it is kept.
 * A segment counts from its beginning until the follower has handed it over, and may begin if it fits into the follower's buffer, or
 * alone. So whatever was begun can be sent to its end, and what the follower does not want yet never stands before a heartbeat.
 */
final class Credit {

    /** What a segment costs beside its bytes, so that empty ones are bounded too. */
    static final int OVERHEAD_BYTES = 256;
    /** Segments that may be in the middle of being sent; each is of another log. */
    static final int STREAMS = 4;

    private final long bufferBytes;
    private long begun;
    private long consumed;
    private long reported;

    Credit(long bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    boolean allows(int sizeBytes) {
        return begun == consumed || cost(sizeBytes) <= bufferBytes - (begun - consumed);
    }

    void begin(int sizeBytes) {
        begun += cost(sizeBytes);
    }

    void consume(int sizeBytes) {
        consumed += cost(sizeBytes);
    }

    /** What the other end says it has consumed in all; false if that cannot be. */
    boolean consumedInAll(long bytes) {
        if (bytes < consumed || bytes > begun) {
            return false;
        }
        consumed = bytes;
        return true;
    }

    /** What to tell the other end now; -1 if it can wait. */
    long report() {
        if (consumed == reported || consumed != begun && consumed - reported < bufferBytes / 4) {
            return -1;
        }
        reported = consumed;
        return consumed;
    }

    long underWay() {
        return begun - consumed;
    }

    private static long cost(int sizeBytes) {
        return (long) sizeBytes + OVERHEAD_BYTES;
    }
}
