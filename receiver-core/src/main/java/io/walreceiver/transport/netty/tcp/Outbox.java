package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Segments on their way to one follower: cut into chunks that take turns between logs, written only while the channel takes them. So
 * what a control frame waits for is what the channel holds, never a segment.
 *
 * <p>Belongs to the connection's event loop.
 */
final class Outbox {

    /** Below this, another segment is asked for. */
    private static final long ENOUGH_BYTES = 16L << 20;

    private record Queued(WalSegmentPayload segment, int answers) {
        int sizeBytes() {
            return segment.bytes().length;
        }
    }

    /** The segments of one log: they go one after the other. */
    private static final class Lane {
        private final ArrayDeque<Queued> queue = new ArrayDeque<>();
        private int stream = -1;
        private int offset;
    }

    private final Peer peer;
    private final Credit credit;
    private final int maxSegmentBytes;
    private final Map<LogId, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Lane> waiting = new ArrayDeque<>();
    private final ArrayDeque<Lane> sending = new ArrayDeque<>();
    private final boolean[] taken = new boolean[Credit.STREAMS];
    private long queuedBytes;
    /** Written by the loop alone, read by whoever asks. */
    private volatile long sentBytes;

    Outbox(Peer peer, long bufferBytes, int maxSegmentBytes) {
        this.peer = peer;
        this.credit = new Credit(bufferBytes);
        this.maxSegmentBytes = maxSegmentBytes;
    }

    /**
     * Queues a segment.
     *
     * @return whether it is one that the follower takes
     */
    boolean add(WalSegmentPayload segment, int answers) {
        if (segment.bytes().length > maxSegmentBytes) {
            return false;
        }
        queuedBytes += segment.bytes().length + Credit.OVERHEAD_BYTES;
        Lane lane = lanes.computeIfAbsent(segment.log(), any -> new Lane());
        if (lane.queue.isEmpty()) {
            waiting.add(lane);
        }
        lane.queue.add(new Queued(segment, answers));
        return true;
    }

    boolean hasRoom() {
        return queuedBytes < ENOUGH_BYTES;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && sending.isEmpty();
    }

    long sentBytes() {
        return sentBytes;
    }

    /** What the follower says has left its buffer; false if that cannot be. */
    boolean consumedInAll(long bytes) {
        return credit.consumedInAll(bytes);
    }

    /** Writes as much as the channel takes; returns whether that was anything. */
    boolean send() {
        boolean any = false;
        while (peer.isWritable()) {
            beginMore();
            Lane lane = sending.poll();
            if (lane == null) {
                break;
            }
            any = true;
            sendChunk(lane);
        }
        return any;
    }

    private void beginMore() {
        for (Lane lane = waiting.peek(); lane != null && sending.size() < Credit.STREAMS; lane = waiting.peek()) {
            Queued next = lane.queue.peek();
            if (next == null || !credit.allows(next.sizeBytes())) {
                return;
            }
            waiting.remove();
            credit.begin(next.sizeBytes());
            lane.stream = freeStream();
            taken[lane.stream] = true;
            lane.offset = 0;
            WalSegmentPayload segment = next.segment();
            peer.write(new Frame.Segment(
                    lane.stream,
                    segment.log(),
                    segment.id().seqno(),
                    segment.eventCount(),
                    next.sizeBytes(),
                    next.answers()));
            sending.add(lane);
        }
    }

    private void sendChunk(Lane lane) {
        Queued current = lane.queue.peek();
        if (current == null) {
            return;
        }
        byte[] bytes = current.segment().bytes();
        int length = Math.min(FrameEncoder.MAX_CHUNK_BYTES, bytes.length - lane.offset);
        if (length > 0) {
            peer.writeChunk(lane.stream, bytes, lane.offset, length);
            lane.offset += length;
            sentBytes = sentBytes + length;
        }
        if (lane.offset < bytes.length) {
            sending.add(lane);
            return;
        }
        taken[lane.stream] = false;
        lane.queue.remove();
        queuedBytes -= bytes.length + Credit.OVERHEAD_BYTES;
        if (!lane.queue.isEmpty()) {
            waiting.add(lane);
        } else {
            lanes.remove(current.segment().log());
        }
    }

    private int freeStream() {
        int stream = 0;
        while (taken[stream]) {
            stream++;
        }
        return stream;
    }

    /** Lets go of everything. */
    void clear() {
        lanes.clear();
        waiting.clear();
        sending.clear();
        queuedBytes = 0;
    }
}
