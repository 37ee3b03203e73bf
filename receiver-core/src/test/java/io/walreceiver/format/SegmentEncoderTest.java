package io.walreceiver.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentEncoderTest {

    private static final LogId LOG = new LogId(2, 3);
    private static final BatchHasher HASHER = BatchHasher.bouncyCastle();
    private static final long TIME = 1_767_225_600_000_000_000L;

    private final SegmentEncoder encoder = new SegmentEncoder(LOG, 2, HASHER);

    static List<Path> intactVectors() throws IOException {
        Path root = Path.of(System.getProperty("vectors"));
        try (var files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".seg"))
                    .filter(file -> !file.getFileName().toString().contains("corrupt"))
                    .filter(file -> !file.getParent().endsWith("delivery"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("intactVectors")
    void whatAnIndependentProgramWroteIsWrittenAgainByteForByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        WalSegmentId id = WalSegmentId.ofFileName(file.getFileName().toString())
                .orElseGet(() -> new WalSegmentId(
                        LOG, SegmentDecoder.identity(bytes).orElseThrow().seqno()));
        SegmentView segment =
                SegmentDecoder.decode(new WalSegmentPayload(id, bytes, SegmentDecoder.countEvents(bytes)));

        WalSegmentPayload again = Reencoded.of(segment, HASHER);

        assertThat(again.bytes()).isEqualTo(bytes);
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.eventCount()).isEqualTo(segment.eventCount());
    }

    @Test
    void bytesLieWhereTheFormatSays() {
        byte[] bytes = encoder.beginBatch(0x0102030405060708L, 0x1112131415161718L)
                .event(0xF1F2F3F4F5F6F7F8L, 0xAB, 1.5f, 0x2122232425262728L)
                .endBatch()
                .finish()
                .bytes();

        ByteBuffer expected = ByteBuffer.allocate(85).order(ByteOrder.LITTLE_ENDIAN);
        expected.put(new byte[] {'T', 'I', 'D', 'L'}).putShort((short) 2).putShort((short) 1);
        expected.putLong(0x0102030405060708L).putLong(0x1112131415161718L);
        expected.putInt(21).putShort((short) 3).putShort((short) 2);
        expected.position(64);
        expected.putLong(0xF1F2F3F4F5F6F7F8L).put((byte) 0xAB).putFloat(1.5f).putLong(0x2122232425262728L);
        byte[] withoutChecksum = bytes.clone();
        Arrays.fill(withoutChecksum, 32, 64, (byte) 0);
        assertThat(withoutChecksum).isEqualTo(expected.array());
        assertThat(Arrays.copyOfRange(bytes, 32, 64)).isNotEqualTo(new byte[32]);
    }

    @Test
    void versionsMayMix() {
        WalSegmentPayload segment = encoder.beginBatch(1, 5, TIME)
                .event(1, 0, 1, TIME)
                .event(2, 0, 1, TIME)
                .endBatch()
                .beginBatch(2, 7, TIME)
                .event(3, 0, 1, TIME)
                .endBatch()
                .finish();

        SegmentView view = verified(segment);
        assertThat(segment.id()).isEqualTo(new WalSegmentId(LOG, 5));
        assertThat(view.lastSeq()).isEqualTo(7);
        assertThat(BatchHeader.version(view.bytes(), view.batchOffset(0))).isEqualTo(1);
        assertThat(BatchHeader.shard(view.bytes(), view.batchOffset(0))).isZero();
        assertThat(BatchHeader.version(view.bytes(), view.batchOffset(1))).isEqualTo(2);
        assertThat(BatchHeader.shard(view.bytes(), view.batchOffset(1))).isEqualTo(3);
    }

    @Test
    void finishStartsTheNextSegment() {
        encoder.beginBatch(1, TIME).event(1, 0, 1, TIME).endBatch().finish();
        assertThat(encoder.sizeBytes()).isZero();

        WalSegmentPayload next =
                encoder.beginBatch(2, TIME).event(2, 0, 1, TIME).endBatch().finish();

        assertThat(next.id().seqno()).isEqualTo(2);
        assertThat(next.eventCount()).isEqualTo(1);
        assertThat(verified(next).batch(0).entityId(0)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recutKeepsVersionTimeIdentityAndTheLastEvents(int version) {
        SegmentEncoder whole = new SegmentEncoder(LOG, version, HASHER);
        SegmentView segment =
                verified(tenEvents(tenEvents(whole, 11, TIME), 21, TIME + 7).finish());

        for (long from = 21; from <= 30; from++) {
            byte[] cut = SegmentEncoder.recut(segment, 1, from, HASHER);

            SegmentView kept = verified(new WalSegmentPayload(new WalSegmentId(LOG, from), cut, 31 - from));
            assertThat(BatchHeader.version(cut, 0)).isEqualTo(version);
            EventBatch events = kept.batch(0);
            assertThat(events.batchTimestampNanos()).isEqualTo(TIME + 7);
            assertThat(events.firstSeq()).isEqualTo(from);
            assertThat(events.lastSeq()).isEqualTo(30);
            for (int i = 0; i < events.count(); i++) {
                assertThat(events.entityId(i)).isEqualTo(from + i);
            }
        }
        assertThat(SegmentEncoder.recut(segment, 1, 21, HASHER))
                .isEqualTo(Arrays.copyOfRange(segment.bytes(), segment.batchOffset(1), segment.sizeBytes()));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 10, 21, Long.MAX_VALUE})
    void recutRefusesAnEventThatTheBatchDoesNotHold(long from) {
        SegmentView segment = verified(tenEvents(encoder, 11, TIME).finish());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SegmentEncoder.recut(segment, 0, from, HASHER))
                .withMessageContaining("cannot be cut at")
                .withMessageContaining("events 11..20");
    }

    @Test
    void theLargestBatchFitsAndNoMore() {
        encoder.beginBatch(1, TIME);
        for (int i = 0; i < 65_535; i++) {
            encoder.event(i, 0, 1, TIME);
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> encoder.event(1, 0, 1, TIME))
                .withMessageContaining("65535");

        SegmentView segment = verified(encoder.endBatch().finish());
        assertThat(segment.eventCount()).isEqualTo(65_535);
        assertThat(segment.batch(0).entityId(65_534)).isEqualTo(65_534);
    }

    @Test
    void theLastSequenceNumberFitsAndNoMore() {
        encoder.beginBatch(Long.MAX_VALUE - 1, TIME).event(1, 0, 1, TIME).event(2, 0, 1, TIME);
        assertThatIllegalStateException()
                .isThrownBy(() -> encoder.event(3, 0, 1, TIME))
                .withMessageContaining("2^63-1");
        encoder.endBatch();
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.beginBatch(Long.MIN_VALUE, TIME));

        assertThat(verified(encoder.finish()).lastSeq()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void callsOutOfOrderAreRefusedAndLeaveTheEncoderAsItWas() {
        assertThatIllegalStateException().isThrownBy(encoder::finish).withMessageContaining("no batch");
        assertThatIllegalStateException().isThrownBy(encoder::endBatch).withMessageContaining("no batch is open");
        assertThatIllegalStateException()
                .isThrownBy(() -> encoder.event(1, 0, 1, TIME))
                .withMessageContaining("no batch is open");
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.beginBatch(0, TIME));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.beginBatch(3, 1, TIME));
        encoder.beginBatch(1, TIME);
        assertThatIllegalStateException()
                .isThrownBy(() -> encoder.beginBatch(1, TIME))
                .withMessageContaining("has not ended");
        assertThatIllegalStateException().isThrownBy(encoder::finish).withMessageContaining("has not ended");
        assertThatIllegalStateException().isThrownBy(encoder::endBatch).withMessageContaining("no event");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.event(1, 256, 1, TIME))
                .withMessageContaining("0..255");
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.event(1, -1, 1, TIME));
        encoder.event(1, 255, 1, TIME).endBatch();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.beginBatch(3, TIME))
                .withMessageContaining("does not follow");

        assertThat(verified(encoder.finish()).eventCount()).isEqualTo(1);
    }

    @Test
    void unknownVersionIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SegmentEncoder(LOG, 0, HASHER))
                .withMessage("version 0: must be 1 or 2");
    }

    private static SegmentEncoder tenEvents(SegmentEncoder encoder, long firstSeq, long time) {
        encoder.beginBatch(firstSeq, time);
        for (int i = 0; i < 10; i++) {
            encoder.event(firstSeq + i, i, i, time);
        }
        return encoder.endBatch();
    }

    private static SegmentView verified(WalSegmentPayload payload) {
        return ((Verified) new SegmentVerifier(HASHER).verify(payload)).segment();
    }
}
