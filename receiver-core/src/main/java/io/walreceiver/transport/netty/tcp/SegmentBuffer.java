package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has brought and nobody has taken yet: segments in the middle of their chunks, and whole ones. The bytes of a
 * segment are allocated once, when it begins, and bounded by the credit.
 */
final class SegmentBuffer {

    private static final class Incoming {
        private final Frame.Segment head;
        private byte @Nullable [] bytes;
        private int filled;

        Incoming(Frame.Segment head, byte @Nullable [] bytes) {
            this.head = head;
            this.bytes = bytes;
        }
    }

    private final Credit credit;
    private final int maxSegmentBytes;
    private final @Nullable Incoming[] streams = new @Nullable Incoming[Credit.STREAMS];
    private final ArrayDeque<WalSegmentPayload> whole = new ArrayDeque<>();

    SegmentBuffer(long bufferBytes, int maxSegmentBytes) {
        this.credit = new Credit(bufferBytes);
        this.maxSegmentBytes = maxSegmentBytes;
    }

    /**
     * A segment begins.
     *
     * @param wanted if not, its bytes are thrown away as they come
     * @return the segment if that was all of it
     */
    @Nullable
    WalSegmentPayload begin(Frame.Segment head, boolean wanted) {
        int stream = head.stream();
        if (stream >= Credit.STREAMS || streams[stream] != null) {
            throw wrong("a free stream below " + Credit.STREAMS, head, "stream " + stream);
        }
        for (Incoming other : streams) {
            if (other != null && other.head.log().equals(head.log())) {
                throw wrong("one segment of a log at a time", head, "a second one");
            }
        }
        if (head.sizeBytes() < 0 || head.sizeBytes() > maxSegmentBytes) {
            throw wrong("at most " + maxSegmentBytes + " bytes", head, head.sizeBytes() + " bytes");
        }
        if (!credit.allows(head.sizeBytes())) {
            throw wrong("no more than the buffer has room for", head, head.sizeBytes() + " bytes");
        }
        credit.begin(head.sizeBytes());
        Incoming incoming = new Incoming(head, wanted ? new byte[head.sizeBytes()] : null);
        streams[stream] = incoming;
        return head.sizeBytes() == 0 ? finished(stream, incoming) : null;
    }

    /** The next bytes of a segment; the segment if they were the last, and it is wanted. */
    @Nullable
    WalSegmentPayload chunk(Frame.Chunk chunk) {
        Incoming incoming = chunk.stream() < Credit.STREAMS ? streams[chunk.stream()] : null;
        if (incoming == null) {
            throw new ProtocolException(
                    "frame CHUNK: expected a stream on which a segment began, found stream " + chunk.stream());
        }
        int length = chunk.data().readableBytes();
        int missing = incoming.head.sizeBytes() - incoming.filled;
        if (chunk.offset() != incoming.filled || length < 1 || length > missing) {
            throw new ProtocolException("frame CHUNK of segment " + id(incoming.head) + ": expected 1.." + missing
                    + " bytes at offset " + incoming.filled + ", found " + length + " at " + chunk.offset());
        }
        byte[] bytes = incoming.bytes;
        if (bytes != null) {
            chunk.data().readBytes(bytes, incoming.filled, length);
        }
        incoming.filled += length;
        return length == missing ? finished(chunk.stream(), incoming) : null;
    }

    private @Nullable WalSegmentPayload finished(int stream, Incoming incoming) {
        streams[stream] = null;
        byte[] bytes = incoming.bytes;
        if (bytes == null) {
            credit.consume(incoming.head.sizeBytes());
            return null;
        }
        return new WalSegmentPayload(id(incoming.head), bytes, incoming.head.eventCount());
    }

    /** Keeps a segment until it is taken. */
    void keep(WalSegmentPayload segment) {
        whole.add(segment);
    }

    /** A segment that was whole is of no use. */
    void drop(WalSegmentPayload segment) {
        credit.consume(segment.bytes().length);
    }

    /** The oldest segment that was kept. */
    @Nullable
    WalSegmentPayload poll() {
        WalSegmentPayload next = whole.poll();
        if (next != null) {
            credit.consume(next.bytes().length);
        }
        return next;
    }

    boolean isEmpty() {
        return whole.isEmpty();
    }

    /** Lets go of what there is of a log. */
    void discard(LogId log) {
        for (Incoming incoming : streams) {
            if (incoming != null && incoming.head.log().equals(log)) {
                incoming.bytes = null;
            }
        }
        for (Iterator<WalSegmentPayload> each = whole.iterator(); each.hasNext(); ) {
            WalSegmentPayload segment = each.next();
            if (segment.log().equals(log)) {
                each.remove();
                credit.consume(segment.bytes().length);
            }
        }
    }

    /** Lets go of what is not whole: its connection is gone. */
    void cut() {
        for (int i = 0; i < streams.length; i++) {
            streams[i] = null;
        }
    }

    Credit credit() {
        return credit;
    }

    private static WalSegmentId id(Frame.Segment head) {
        return new WalSegmentId(head.log(), head.seqno());
    }

    private static ProtocolException wrong(String expected, Frame.Segment head, String found) {
        return new ProtocolException("frame SEGMENT of " + id(head) + ": expected " + expected + ", found " + found);
    }
}
