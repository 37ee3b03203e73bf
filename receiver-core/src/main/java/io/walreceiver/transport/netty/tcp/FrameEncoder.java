package io.walreceiver.transport.netty.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Frames to bytes. */
final class FrameEncoder {

    /** "WALRCV" and two bytes that a text protocol or a wrong byte order would not let through. */
    static final long MAGIC = 0x0A0D_5643_524C_4157L;

    static final int VERSION = 1;

    /** Length, type and checksum. */
    static final int HEADER_BYTES = 9;
    /** What the length field does not count: itself. */
    static final int LENGTH_BYTES = 4;

    static final int CHECKSUM_OFFSET = 5;
    /** Payload of a chunk before its data: all of it that the checksum covers. */
    static final int CHUNK_HEAD_BYTES = 5;

    static final int MAX_CHUNK_BYTES = 256 << 10;
    /** Most that the length field may say. */
    static final int MAX_FRAME_BYTES = MAX_CHUNK_BYTES + 64;

    static final int MAX_TEXT_BYTES = 1024;
    static final int MAX_TOKEN_BYTES = 1024;

    private FrameEncoder() {}

    /** A chunk of a segment: the data are not copied, and must not change. */
    static ByteBuf chunk(ByteBufAllocator allocator, int stream, byte[] bytes, int offset, int length) {
        ByteBuf head = allocator.buffer(HEADER_BYTES + CHUNK_HEAD_BYTES);
        begin(head, FrameType.CHUNK);
        head.writeByte(stream).writeIntLE(offset);
        finish(head, length);
        return Unpooled.wrappedBuffer(head, Unpooled.wrappedBuffer(bytes, offset, length));
    }

    /** Any other frame. */
    static ByteBuf encode(ByteBufAllocator allocator, Frame frame) {
        ByteBuf out = allocator.buffer(64);
        try {
            write(out, frame);
            finish(out, 0);
            return out;
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    private static void write(ByteBuf out, Frame frame) {
        if (frame instanceof Frame.Hello hello) {
            begin(out, FrameType.HELLO).writeLongLE(MAGIC).writeShortLE(hello.version());
            text(out, hello.node());
            byte[] token = hello.token();
            bytes(out, token == null ? new byte[0] : token);
            out.writeLongLE(hello.windowBytesPerLog())
                    .writeIntLE(hello.maxSegmentBytes())
                    .writeLongLE(hello.bufferBytes());
        } else if (frame instanceof Frame.Resume resume) {
            log(begin(out, FrameType.RESUME), resume.log()).writeLongLE(resume.position());
            epoch(out, resume.epoch());
            BatchMark last = resume.lastBatch();
            out.writeBoolean(last != null);
            if (last != null) {
                out.writeLongLE(last.firstSeq()).writeShortLE(last.count()).writeBytes(last.checksum());
            }
        } else if (frame instanceof Frame.Start start) {
            begin(out, FrameType.START).writeBoolean(start.onlyNamed());
        } else if (frame instanceof Frame.Take take) {
            log(begin(out, FrameType.TAKE), take.log());
        } else if (frame instanceof Frame.Begin) {
            begin(out, FrameType.BEGIN);
        } else if (frame instanceof Frame.Acknowledge ack) {
            log(begin(out, FrameType.ACKNOWLEDGE), ack.log()).writeLongLE(ack.through());
        } else if (frame instanceof Frame.Request request) {
            log(begin(out, FrameType.REQUEST), request.log())
                    .writeLongLE(request.from())
                    .writeIntLE(request.number());
        } else if (frame instanceof Frame.Hold hold) {
            log(begin(out, FrameType.HOLD), hold.log()).writeLongLE(hold.from());
        } else if (frame instanceof Frame.Consumed consumed) {
            begin(out, FrameType.CONSUMED).writeLongLE(consumed.bytes());
        } else if (frame instanceof Frame.Ping) {
            begin(out, FrameType.PING);
        } else if (frame instanceof Frame.ListCheckpoints) {
            begin(out, FrameType.LIST_CHECKPOINTS);
        } else if (frame instanceof Frame.Fetch fetch) {
            text(log(begin(out, FrameType.FETCH), fetch.log()), fetch.name()).writeLongLE(fetch.from());
        } else {
            writePublishers(out, frame);
        }
    }

    private static void writePublishers(ByteBuf out, Frame frame) {
        if (frame instanceof Frame.Welcome welcome) {
            begin(out, FrameType.WELCOME).writeShortLE(welcome.version()).writeIntLE(welcome.heartbeatMillis());
        } else if (frame instanceof Frame.Log log) {
            log(begin(out, FrameType.LOG), log.log()).writeByte(log.verdict().ordinal());
            out.writeLongLE(log.earliest()).writeLongLE(log.head());
            text(epoch(out, log.epoch()), log.text());
        } else if (frame instanceof Frame.Done done) {
            begin(out, FrameType.DONE).writeBoolean(done.more());
        } else if (frame instanceof Frame.Head head) {
            log(begin(out, FrameType.HEAD), head.log()).writeLongLE(head.head()).writeLongLE(head.clockNanos());
        } else if (frame instanceof Frame.Skip skip) {
            log(begin(out, FrameType.SKIP), skip.log())
                    .writeLongLE(skip.skip().from())
                    .writeLongLE(skip.skip().through())
                    .writeLongLE(skip.skip().at().getEpochSecond())
                    .writeIntLE(skip.skip().at().getNano());
            text(out, skip.skip().reason());
        } else if (frame instanceof Frame.Segment segment) {
            begin(out, FrameType.SEGMENT).writeByte(segment.stream());
            log(out, segment.log())
                    .writeLongLE(segment.seqno())
                    .writeLongLE(segment.eventCount())
                    .writeIntLE(segment.sizeBytes())
                    .writeIntLE(segment.answers());
        } else if (frame instanceof Frame.Bye bye) {
            text(begin(out, FrameType.BYE).writeByte(bye.farewell().ordinal()), bye.text());
        } else if (frame instanceof Frame.Checkpoint checkpoint) {
            text(log(begin(out, FrameType.CHECKPOINT), checkpoint.log()), checkpoint.name())
                    .writeLongLE(checkpoint.position())
                    .writeLongLE(checkpoint.sizeBytes());
        } else if (frame instanceof Frame.Marker marker) {
            begin(out, FrameType.MARKER).writeBytes(marker.bytes());
        } else if (frame instanceof Frame.Content content) {
            begin(out, FrameType.CONTENT).writeBytes(content.bytes());
        } else {
            throw new IllegalArgumentException("a chunk is encoded with its data: " + frame);
        }
    }

    private static ByteBuf begin(ByteBuf out, FrameType type) {
        return out.writeIntLE(0).writeByte(type.number).writeIntLE(0);
    }

    private static void finish(ByteBuf out, int dataBytes) {
        int length = out.readableBytes() - LENGTH_BYTES + dataBytes;
        if (length > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("frame of " + length + " bytes: expected at most " + MAX_FRAME_BYTES);
        }
        out.setIntLE(out.readerIndex(), length);
        int covered = out.readableBytes() - HEADER_BYTES;
        out.setIntLE(out.readerIndex() + CHECKSUM_OFFSET, checksum(out, out.readerIndex(), covered));
    }

    /** CRC32C of length, type, and so many bytes of payload of the frame that starts at the index. */
    static int checksum(ByteBuf in, int index, int covered) {
        CRC32C crc = new CRC32C();
        crc.update(in.nioBuffer(index, CHECKSUM_OFFSET));
        crc.update(in.nioBuffer(index + HEADER_BYTES, covered));
        return (int) crc.getValue();
    }

    private static ByteBuf log(ByteBuf out, LogId log) {
        return out.writeShortLE(log.region()).writeShortLE(log.shard());
    }

    private static ByteBuf epoch(ByteBuf out, @Nullable LeaderEpoch epoch) {
        return out.writeLongLE(epoch == null ? 0 : epoch.number()).writeLongLE(epoch == null ? 0 : epoch.start());
    }

    private static ByteBuf text(ByteBuf out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return bytes(out, utf8.length > MAX_TEXT_BYTES ? Arrays.copyOf(utf8, MAX_TEXT_BYTES) : utf8);
    }

    private static ByteBuf bytes(ByteBuf out, byte[] bytes) {
        return out.writeShortLE(bytes.length).writeBytes(bytes);
    }
}
