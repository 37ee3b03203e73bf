package io.walreceiver.transport.netty.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.SkippedEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameCodecTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LeaderEpoch EPOCH = new LeaderEpoch(7, 4_000);
    private static final BatchMark MARK = new BatchMark(3_901, 100, new byte[32]);
    private static final SkippedEvents SKIP =
            new SkippedEvents(5, 9, Instant.ofEpochSecond(1_767_225_600L, 999_999_999), "lost with the disk");

    /** One of each type but those with bytes in them, which records do not compare. */
    private static final List<Frame> FRAMES = List.of(
            new Frame.Hello(1, "node-a", null, 16 << 20, 64 << 20, 1 << 20),
            new Frame.Resume(LOG, 4_000, EPOCH, MARK),
            new Frame.Resume(LOG, Long.MAX_VALUE, null, null),
            new Frame.Start(true),
            new Frame.Take(LOG),
            new Frame.Begin(),
            new Frame.Acknowledge(LOG, 4_000),
            new Frame.Request(LOG, 4_001, 9),
            new Frame.Hold(LOG, 1),
            new Frame.Consumed(1L << 40),
            new Frame.Ping(),
            new Frame.ListCheckpoints(),
            new Frame.Fetch(LOG, "checkpoint-1", 77),
            new Frame.Welcome(1, 1_000),
            new Frame.Log(LOG, Frame.Verdict.PRUNED, 10, 4_000, EPOCH, "text"),
            new Frame.Log(LOG, Frame.Verdict.AHEAD, 0, -1, null, ""),
            new Frame.Done(false),
            new Frame.Head(LOG, 4_000, 1_767_225_600_000_000_000L),
            new Frame.Skip(LOG, SKIP),
            new Frame.Segment(3, LOG, -1, -1, 64 << 20, 2),
            new Frame.Bye(Frame.Farewell.RESTART, "so long"),
            new Frame.Checkpoint(LOG, "checkpoint-1", 4_000, 1L << 33));

    private static ByteBuf encode(Frame frame) {
        return FrameEncoder.encode(UnpooledByteBufAllocator.DEFAULT, frame);
    }

    private static ByteBuf chunk(int stream, int offset, byte[] bytes) {
        byte[] segment = new byte[offset + bytes.length];
        System.arraycopy(bytes, 0, segment, offset, bytes.length);
        return FrameEncoder.chunk(UnpooledByteBufAllocator.DEFAULT, stream, segment, offset, bytes.length);
    }

    @Test
    void whatIsWrittenIsRead() {
        for (Frame frame : FRAMES) {
            ByteBuf bytes = encode(frame);
            assertThat(FrameDecoder.decode(bytes)).isEqualTo(frame);
            assertThat(bytes.isReadable()).isFalse();
            bytes.release();
        }
    }

    @Test
    void bytesAreReadAsWritten() {
        byte[] bytes = {1, 2, 3};
        Frame.Hello hello = (Frame.Hello) FrameDecoder.decode(encode(new Frame.Hello(1, "n", bytes, 1, 1, 1)));
        assertThat(hello.token()).isEqualTo(bytes);
        assertThat(((Frame.Marker) FrameDecoder.decode(encode(new Frame.Marker(bytes)))).bytes())
                .isEqualTo(bytes);
        assertThat(((Frame.Content) FrameDecoder.decode(encode(new Frame.Content(bytes)))).bytes())
                .isEqualTo(bytes);
        Frame.Chunk chunk = (Frame.Chunk) FrameDecoder.decode(chunk(2, 5, bytes));
        assertThat(chunk.stream()).isEqualTo(2);
        assertThat(chunk.offset()).isEqualTo(5);
        assertThat(chunk.data()).isEqualTo(Unpooled.wrappedBuffer(bytes));
    }

    @Test
    void theBytesAreThoseOfTheDocument() {
        ByteBuf ack = encode(new Frame.Acknowledge(LOG, 4_000));
        String hex = HexFormat.of().formatHex(io.netty.buffer.ByteBufUtil.getBytes(ack));
        assertThat(hex)
                .startsWith("1100000006")
                .endsWith("01000300a00f000000000000")
                .hasSize(42);
        ByteBuf hello = encode(FRAMES.get(0));
        assertThat(HexFormat.of().formatHex(io.netty.buffer.ByteBufUtil.getBytes(hello, 9, 10)))
                .isEqualTo("57414c524356" + "0d0a" + "0100");
    }

    @Test
    void everyFlippedBitOfAControlFrameIsFound() {
        for (Frame frame : FRAMES) {
            byte[] good = io.netty.buffer.ByteBufUtil.getBytes(encode(frame));
            for (int bit = 32; bit < good.length * 8; bit++) { // the length itself: see the stream below
                byte[] bad = good.clone();
                bad[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> FrameDecoder.decode(Unpooled.wrappedBuffer(bad)))
                        .as("%s, bit %s", frame, bit)
                        .isInstanceOf(ProtocolException.class);
            }
        }
    }

    /** With the checksum put right, so that lengths and ranges are what is checked. */
    @Test
    void everyTruncationAndEveryByteTooManyIsFound() {
        for (Frame frame : FRAMES) {
            byte[] good = io.netty.buffer.ByteBufUtil.getBytes(encode(frame));
            for (int length = 9; length < good.length; length++) {
                ByteBuf cut = sealed(Unpooled.copiedBuffer(good, 0, length));
                assertThatThrownBy(() -> FrameDecoder.decode(cut))
                        .as("%s cut to %s", frame, length)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("expected");
            }
            ByteBuf longer = sealed(Unpooled.buffer().writeBytes(good).writeByte(0));
            assertThatThrownBy(() -> FrameDecoder.decode(longer)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void anotherVersionIsReadForItsNumberOnly() {
        ByteBuf hello = encode(new Frame.Hello(2, "x", null, 1, 1, 1));
        assertThat(((Frame.Hello) FrameDecoder.decode(hello)).version()).isEqualTo(2);
    }

    @Test
    void textIsFitToBeShown() {
        Frame.Bye bye = (Frame.Bye) FrameDecoder.decode(
                encode(new Frame.Bye(Frame.Farewell.REFUSED, "a\u001b[31m\n\u202eb" + "x".repeat(5_000))));
        assertThat(bye.text()).startsWith("a?[31m??bxxx").hasSizeLessThanOrEqualTo(512);
    }

    /** Whatever comes, in whatever pieces: frames, or one violation and nothing after it; and no buffer is left. */
    @Test
    void garbageEndsTheConnection() {
        long seed = Long.getLong("codec.seed", 42);
        Random random = new Random(seed);
        for (int run = 0; run < 3_000; run++) {
            ByteBuf stream = Unpooled.buffer();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                stream.writeBytes(encode(FRAMES.get(random.nextInt(FRAMES.size()))));
            }
            int flips = random.nextInt(4);
            for (int i = 0; i < flips; i++) {
                int at = random.nextInt(stream.readableBytes());
                stream.setByte(at, stream.getByte(at) ^ 1 << random.nextInt(8));
            }
            Recorder recorder = new Recorder();
            EmbeddedChannel channel = new EmbeddedChannel(recorder);
            while (stream.isReadable() && channel.isOpen()) {
                channel.writeInbound(stream.readRetainedSlice(1 + random.nextInt(stream.readableBytes())));
            }
            channel.finishAndReleaseAll();
            assertThat(recorder.frames.size()).as("seed %s, run %s", seed, run).isLessThanOrEqualTo(count);
            if (flips == 0) {
                assertThat(recorder.frames).hasSize(count);
            }
            assertThat(recorder.drops).as("seed %s, run %s", seed, run).hasSize(1);
            stream.release();
            assertThat(stream.refCnt()).as("seed %s, run %s", seed, run).isZero();
        }
    }

    @Test
    void aLengthBeyondTheBoundIsRefusedBeforeItIsBuffered() {
        Recorder recorder = new Recorder();
        EmbeddedChannel channel = new EmbeddedChannel(recorder);
        channel.writeInbound(Unpooled.buffer().writeIntLE(Integer.MAX_VALUE));
        assertThat(recorder.drops).containsExactly(Drop.PROTOCOL);
        assertThat(recorder.reason).contains("frame length").contains("found 2147483647");
        assertThat(channel.isOpen()).isFalse();
    }

    private static ByteBuf sealed(ByteBuf frame) {
        frame.setIntLE(0, frame.readableBytes() - 4);
        return frame.setIntLE(5, FrameEncoder.checksum(frame, 0, frame.readableBytes() - 9));
    }

    private static final class Recorder extends Peer {
        private final List<Frame> frames = new ArrayList<>();
        private final List<Drop> drops = new ArrayList<>();
        private String reason = "";

        Recorder() {
            super(FrameEncoder.MAX_FRAME_BYTES);
        }

        @Override
        void opened() {}

        @Override
        void frame(Frame frame) {
            frames.add(frame);
        }

        @Override
        void canWrite() {}

        @Override
        void over(Drop drop, String why) {
            drops.add(drop);
            reason = why;
        }
    }
}
