package io.walreceiver.transport.netty.tcp;

import io.netty.buffer.ByteBuf;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Bytes to one frame, with every length and range checked. Copies what it returns, but for the data of a chunk. */
final class FrameDecoder {

    private final FrameType type;
    private final ByteBuf in;
    private final int start;

    private FrameDecoder(FrameType type, ByteBuf in) {
        this.type = type;
        this.in = in;
        this.start = in.readerIndex() - FrameEncoder.HEADER_BYTES;
    }

    /**
     * Reads one frame.
     *
     * @param in exactly the frame, from its length field on
     * @throws ProtocolException if it is not well formed
     */
    static Frame decode(ByteBuf in) {
        int index = in.readerIndex();
        int number = in.getUnsignedByte(index + FrameEncoder.LENGTH_BYTES);
        FrameType type = FrameType.of(number);
        if (type == null) {
            throw new ProtocolException(
                    "frame of unknown type at offset 4: expected one of protocol version 1, found " + number);
        }
        int payload = in.readableBytes() - FrameEncoder.HEADER_BYTES;
        int covered = type == FrameType.CHUNK ? FrameEncoder.CHUNK_HEAD_BYTES : payload;
        if (payload < covered) {
            throw new ProtocolException("frame CHUNK: expected at least " + covered + " bytes of payload at offset "
                    + FrameEncoder.HEADER_BYTES + ", found " + payload);
        }
        int expected = in.getIntLE(index + FrameEncoder.CHECKSUM_OFFSET);
        int found = FrameEncoder.checksum(in, index, covered);
        if (expected != found) {
            throw new ProtocolException(String.format(
                    "frame %s: CRC32C at offset %d: expected %08x as it says, found %08x",
                    type, FrameEncoder.CHECKSUM_OFFSET, expected, found));
        }
        in.skipBytes(FrameEncoder.HEADER_BYTES);
        FrameDecoder decoder = new FrameDecoder(type, in);
        try {
            Frame frame = decoder.read();
            if (in.isReadable()) {
                throw decoder.wrong("the frame's end", in.readableBytes() + " bytes more");
            }
            return frame;
        } catch (IllegalArgumentException | DateTimeException e) { // a value out of its range
            throw decoder.wrong("values in range", String.valueOf(e.getMessage()));
        }
    }

    private Frame read() {
        return switch (type) {
            case HELLO -> hello();
            case RESUME -> new Frame.Resume(log(), position("position"), epoch(), mark());
            case START -> new Frame.Start(flag("onlyNamed"));
            case TAKE -> new Frame.Take(log());
            case BEGIN -> new Frame.Begin();
            case ACKNOWLEDGE -> new Frame.Acknowledge(log(), u64("through"));
            case REQUEST -> new Frame.Request(log(), u64("from"), u32("number"));
            case HOLD -> new Frame.Hold(log(), u64("from"));
            case CONSUMED -> new Frame.Consumed(position("bytes"));
            case PING -> new Frame.Ping();
            case LIST_CHECKPOINTS -> new Frame.ListCheckpoints();
            case FETCH -> new Frame.Fetch(log(), text("name"), position("from"));
            case WELCOME -> new Frame.Welcome(u16("version"), positive("heartbeat"));
            case LOG ->
                new Frame.Log(
                        log(),
                        one(Frame.Verdict.values(), "verdict"),
                        position("earliest"),
                        u64("head"),
                        epoch(),
                        text("text"));
            case DONE -> new Frame.Done(flag("more"));
            case HEAD -> new Frame.Head(log(), u64("head"), u64("clock"));
            case SKIP -> new Frame.Skip(log(), skip());
            case SEGMENT -> new Frame.Segment(u8("stream"), log(), u64("seqno"), u64("count"), size(), u32("answers"));
            case CHUNK -> new Frame.Chunk(u8("stream"), size(), in.readSlice(in.readableBytes()));
            case BYE -> new Frame.Bye(one(Frame.Farewell.values(), "farewell"), text("text"));
            case CHECKPOINT -> new Frame.Checkpoint(log(), text("name"), position("position"), position("size"));
            case MARKER -> new Frame.Marker(rest());
            case CONTENT -> new Frame.Content(rest());
        };
    }

    /** What another version has after its number is its own affair: it is refused by number, not as garbage. */
    private Frame hello() {
        long magic = u64("magic");
        if (magic != FrameEncoder.MAGIC) {
            throw wrong(
                    "the magic " + Long.toHexString(FrameEncoder.MAGIC) + " of this protocol", Long.toHexString(magic));
        }
        int version = u16("version");
        if (version != FrameEncoder.VERSION) {
            in.skipBytes(in.readableBytes());
            return new Frame.Hello(version, "", null, 1, 1, 1);
        }
        String node = text("node");
        byte[] token = bytes("token", FrameEncoder.MAX_TOKEN_BYTES);
        long window = position("window");
        int maxSegment = positive("largest segment");
        long buffer = position("buffer");
        if (window < 1 || buffer < 1) {
            throw wrong("a window and a buffer of 1 byte or more", window + " and " + buffer);
        }
        return new Frame.Hello(version, node, token.length == 0 ? null : token, window, maxSegment, buffer);
    }

    private @Nullable LeaderEpoch epoch() {
        long number = position("epoch");
        long since = position("epoch's start");
        if (number == 0 && since != 0) {
            throw wrong("no start without an epoch", since + " for the start");
        }
        return number == 0 ? null : new LeaderEpoch(number, since);
    }

    private @Nullable BatchMark mark() {
        if (!flag("batch")) {
            return null;
        }
        long first = position("first event");
        int count = u16("count");
        need("checksum", BatchMark.CHECKSUM_BYTES);
        byte[] checksum = new byte[BatchMark.CHECKSUM_BYTES];
        in.readBytes(checksum);
        return new BatchMark(first, count, checksum);
    }

    private SkippedEvents skip() {
        long from = position("from");
        long through = position("through");
        if (from < 1 || through < from) {
            throw wrong("a range of events from 1 or more", from + ".." + through);
        }
        return new SkippedEvents(from, through, Instant.ofEpochSecond(u64("seconds"), u32("nanos")), text("reason"));
    }

    private LogId log() {
        return new LogId(u16("region"), u16("shard"));
    }

    private <E> E one(E[] values, String what) {
        int ordinal = u8(what);
        if (ordinal >= values.length) {
            throw wrong(what + " below " + values.length, String.valueOf(ordinal));
        }
        return values[ordinal];
    }

    private boolean flag(String what) {
        int value = u8(what);
        if (value > 1) {
            throw wrong("0 or 1 for " + what, String.valueOf(value));
        }
        return value == 1;
    }

    /** A number that is never as large as 2^63. */
    private long position(String what) {
        long value = u64(what);
        if (value < 0) {
            throw wrong("less than 2^63 for " + what, Long.toUnsignedString(value));
        }
        return value;
    }

    private int positive(String what) {
        int value = u32(what);
        if (value < 1) {
            throw wrong("1..2^31-1 for " + what, Integer.toUnsignedString(value));
        }
        return value;
    }

    private int size() {
        int value = u32("size");
        if (value < 0) {
            throw wrong("less than 2^31 for size", Integer.toUnsignedString(value));
        }
        return value;
    }

    private String text(String what) {
        return PeerText.clean(new String(bytes(what, FrameEncoder.MAX_TEXT_BYTES), StandardCharsets.UTF_8));
    }

    private byte[] bytes(String what, int max) {
        int length = u16(what);
        if (length > max) {
            throw wrong("at most " + max + " bytes of " + what, String.valueOf(length));
        }
        need(what, length);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    private byte[] rest() {
        byte[] bytes = new byte[in.readableBytes()];
        in.readBytes(bytes);
        return bytes;
    }

    private int u8(String what) {
        need(what, 1);
        return in.readUnsignedByte();
    }

    private int u16(String what) {
        need(what, 2);
        return in.readUnsignedShortLE();
    }

    private int u32(String what) {
        need(what, 4);
        return in.readIntLE();
    }

    private long u64(String what) {
        need(what, 8);
        return in.readLongLE();
    }

    private void need(String what, int bytes) {
        if (in.readableBytes() < bytes) {
            throw wrong(bytes + " bytes for " + what, String.valueOf(in.readableBytes()));
        }
    }

    private ProtocolException wrong(String expected, String found) {
        return new ProtocolException("frame " + type + " at offset " + (in.readerIndex() - start) + ": expected "
                + expected + ", found " + found);
    }
}
