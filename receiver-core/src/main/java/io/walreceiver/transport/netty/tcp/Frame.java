package io.walreceiver.transport.netty.tcp;

import io.netty.buffer.ByteBuf;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import org.jspecify.annotations.Nullable;

/** What goes over the wire, one record per type of frame; docs/protocol.md has the bytes and who says what when. */
sealed interface Frame {

    // ---- from the follower

    /** The first frame of every connection. */
    record Hello(
            int version,
            String node,
            byte @Nullable [] token,
            long windowBytesPerLog,
            int maxSegmentBytes,
            long bufferBytes)
            implements Frame {}

    /** Where the follower stands in a log. */
    record Resume(
            LogId log,
            long position,
            @Nullable LeaderEpoch epoch,
            @Nullable BatchMark lastBatch) implements Frame {}

    /** All positions are told. */
    record Start(boolean onlyNamed) implements Frame {}

    /** The follower wants a log that the publisher said is in order. */
    record Take(LogId log) implements Frame {}

    /** Segments may come. */
    record Begin() implements Frame {}

    record Acknowledge(LogId log, long through) implements Frame {}

    /** Numbered by the follower, per log and connection, from 1. */
    record Request(LogId log, long from, int number) implements Frame {}

    record Hold(LogId log, long from) implements Frame {}

    /** How many bytes of segments have left the follower's buffer since the connection began. */
    record Consumed(long bytes) implements Frame {}

    record Ping() implements Frame {}

    record ListCheckpoints() implements Frame {}

    record Fetch(LogId log, String name, long from) implements Frame {}

    // ---- from the publisher

    record Welcome(int version, int heartbeatMillis) implements Frame {}

    /**
     * How a log stands between the two.
     *
     * @param earliest first event that can be sent; 0 if none
     * @param head last event that can be sent; -1 if none
     */
    record Log(
            LogId log,
            Verdict verdict,
            long earliest,
            long head,
            @Nullable LeaderEpoch epoch,
            String text) implements Frame {}

    /** That was the whole answer; or, for a file, the piece, and there is more. */
    record Done(boolean more) implements Frame {}

    record Head(LogId log, long head, long clockNanos) implements Frame {}

    record Skip(LogId log, SkippedEvents skip) implements Frame {}

    /**
     * A segment begins on a stream that is free.
     *
     * @param answers number of the last request for its log that the publisher had seen when it took the segment
     */
    record Segment(int stream, LogId log, long seqno, long eventCount, int sizeBytes, int answers) implements Frame {}

    /** The next bytes of the segment on a stream. The data are the decoder's, valid during the call. */
    record Chunk(int stream, int offset, ByteBuf data) implements Frame {}

    record Bye(Farewell farewell, String text) implements Frame {}

    record Checkpoint(LogId log, String name, long position, long sizeBytes) implements Frame {}

    /** Bytes of the marker file. */
    record Marker(byte[] bytes) implements Frame {}

    /** Bytes of a checkpoint file. */
    record Content(byte[] bytes) implements Frame {}

    /** What the publisher finds when it compares a follower's log with its own. */
    enum Verdict {
        OK,
        PRUNED,
        DIVERGED,
        AHEAD,
        FORBIDDEN
    }

    /** Why a publisher leaves. */
    enum Farewell {
        /** Its logs have ended. */
        END,
        /** It or its source will be back. */
        RESTART,
        /** It does not talk to this follower. */
        REFUSED
    }
}
