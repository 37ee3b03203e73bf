package io.walreceiver.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.walreceiver.checksum.BatchHasher;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SegmentDecoderTest {

    private static final LogId LOG = new LogId(2, 3);
    private static final long TIME = 1_767_225_600_000_000_000L;

    @Test
    void viewGivesEveryBatchWhereItLies() {
        WalSegmentPayload payload = batches(1001, 3, 1, 40);

        SegmentView segment = SegmentDecoder.decode(payload);

        assertThat(segment.id()).isEqualTo(new WalSegmentId(LOG, 1001));
        assertThat(segment.log()).isEqualTo(LOG);
        assertThat(segment.firstSeq()).isEqualTo(1001);
        assertThat(segment.lastSeq()).isEqualTo(1044);
        assertThat(segment.eventCount()).isEqualTo(44);
        assertThat(segment.batchCount()).isEqualTo(3);
        assertThat(segment.batchOffset(0)).isZero();
        assertThat(segment.batchOffset(1)).isEqualTo(64 + 3 * 21);
        assertThat(segment.batchOffset(2)).isEqualTo(64 + 3 * 21 + 64 + 21);
        assertThat(segment.payloadBytes(2)).isEqualTo(40 * 21);
        assertThat(segment.checksumOffset(2)).isEqualTo(segment.batchOffset(2) + 32);
        assertThat(segment.sizeBytes()).isEqualTo(3 * 64 + 44 * 21);
        assertThat(segment.bytes()).isSameAs(payload.bytes());
        assertThat(segment.batch(2).firstSeq()).isEqualTo(1005);
        assertThat(segment.batch(2).lastSeq()).isEqualTo(1044);
    }

    @Test
    void manySmallBatchesAreAllFound() {
        int[] counts = new int[3000];
        Arrays.fill(counts, 1);

        SegmentView segment = SegmentDecoder.decode(batches(1, counts));

        assertThat(segment.batchCount()).isEqualTo(3000);
        assertThat(segment.batch(2999).firstSeq()).isEqualTo(3000);
    }

    @Test
    void everyBatchMustNameTheLog() {
        byte[] bytes = batches(1, 2, 2).bytes();
        bytes[64 + 42 + BatchHeader.SHARD] = 9;

        Corruption fault = fault(new WalSegmentPayload(new WalSegmentId(LOG, 1), bytes, 4));

        assertThat(fault.field()).isEqualTo("shard_id");
        assertThat(fault.batchIndex()).isEqualTo(1);
        assertThat(fault.byteOffset()).isEqualTo(64 + 42 + 28);
    }

    @Test
    void aLogMayEndAtTheLastSequenceNumber() {
        WalSegmentPayload last = batches(Long.MAX_VALUE - 2, 3);
        assertThat(SegmentDecoder.decode(last).lastSeq()).isEqualTo(Long.MAX_VALUE);

        byte[] twice = Arrays.copyOf(last.bytes(), 2 * last.bytes().length);
        System.arraycopy(last.bytes(), 0, twice, last.bytes().length, last.bytes().length);
        twice[last.bytes().length + BatchHeader.FIRST_SEQ] = 0;
        for (int i = 1; i < 8; i++) { // 2^63, the number that would follow
            twice[last.bytes().length + BatchHeader.FIRST_SEQ + i] = (byte) (i == 7 ? 0x80 : 0);
        }

        assertThat(fault(new WalSegmentPayload(last.id(), twice, 6)).found()).isEqualTo("9223372036854775808");
    }

    @Test
    void anyClaimButTheRightOneIsRefused() {
        WalSegmentPayload payload = batches(1, 2, 2);
        for (long claim : new long[] {Long.MIN_VALUE, -1, 0, 3, 5, 4 + (1L << 32), Long.MAX_VALUE}) {
            Corruption fault = fault(new WalSegmentPayload(payload.id(), payload.bytes(), claim));

            assertThat(fault.field()).isEqualTo("claimed event count");
            assertThat(fault.expected()).startsWith(claim + " ");
            assertThat(fault.found()).isEqualTo("4 in 2 batches");
        }
    }

    @Test
    void lengthClaimAllocatesNothing() throws IOException {
        WalSegmentPayload huge = VerdictVectors.row("corrupt-length-huge.seg").payload();
        WalSegmentPayload consistent =
                new WalSegmentPayload(huge.id(), huge.bytes().clone(), Long.MAX_VALUE);
        // The largest claim that the count allows, in a segment that ends long before.
        consistent.bytes()[6] = consistent.bytes()[7] = (byte) 0xFF;
        int largest = 65_535 * 21;
        for (int i = 0; i < 4; i++) {
            consistent.bytes()[24 + i] = (byte) (largest >>> 8 * i);
        }

        assertThat(allocated(huge)).isLessThan(64 * 1024);
        assertThat(allocated(consistent)).isLessThan(64 * 1024);
        assertThat(fault(consistent).field()).isEqualTo("payload");
    }

    @Test
    void bigSegmentOfOneBatchAllocatesLittle() {
        assertThat(allocated(batches(1, 65_535))).isLessThan(64 * 1024);
    }

    @Test
    void garbageBehindAGoodStartAllocatesLittle() {
        WalSegmentPayload good = batches(1, 1);
        byte[] bytes = Arrays.copyOf(good.bytes(), 16 << 20);

        assertThat(allocated(new WalSegmentPayload(good.id(), bytes, 1))).isLessThan(64 * 1024);
    }

    @Test
    void eventsAreCountedUpToWhereTheBytesBreak() throws IOException {
        byte[] bytes = batches(1, 2, 3, 4).bytes();

        assertThat(SegmentDecoder.countEvents(bytes)).isEqualTo(9);
        assertThat(SegmentDecoder.countEvents(Arrays.copyOf(bytes, bytes.length - 1)))
                .isEqualTo(5);
        assertThat(SegmentDecoder.countEvents(Arrays.copyOf(bytes, bytes.length + 1)))
                .isEqualTo(9);
        assertThat(SegmentDecoder.countEvents(Arrays.copyOf(bytes, 63))).isZero();
        assertThat(SegmentDecoder.countEvents(new byte[0])).isZero();
        assertThat(SegmentDecoder.countEvents(
                        VerdictVectors.row("corrupt-length-huge.seg").payload().bytes()))
                .isZero();
        assertThat(SegmentDecoder.countEvents(
                        VerdictVectors.row("corrupt-payload-bit.seg").payload().bytes()))
                .isEqualTo(50);
    }

    @Test
    void batchesAreFoundUpToWhereTheBytesBreak() {
        byte[] bytes = batches(1, 2, 3).bytes();
        int second = 64 + 2 * 21;
        assertThat(SegmentDecoder.batchOffsets(bytes)).containsExactly(0, second, bytes.length);
        assertThat(SegmentDecoder.batchOffsets(Arrays.copyOf(bytes, bytes.length - 1)))
                .containsExactly(0, second);
        assertThat(SegmentDecoder.batchOffsets(Arrays.copyOf(bytes, bytes.length + 64)))
                .containsExactly(0, second, bytes.length);
        assertThat(SegmentDecoder.batchOffsets(new byte[0])).containsExactly(0);
        int[] many = new int[3000];
        Arrays.fill(many, 1);
        assertThat(SegmentDecoder.batchOffsets(batches(1, many).bytes()))
                .hasSize(3001)
                .endsWith(2999 * 85, 3000 * 85);
    }

    @Test
    void firstHeaderTellsTheIdentity() throws IOException {
        assertThat(SegmentDecoder.identity(
                        VerdictVectors.row("ok-v2.seg").payload().bytes()))
                .contains(new WalSegmentId(2, 3, 1001));
        assertThat(SegmentDecoder.identity(
                        VerdictVectors.row("ok-v1.seg").payload().bytes()))
                .contains(new WalSegmentId(0, 0, 1001));
        assertThat(SegmentDecoder.identity(
                        VerdictVectors.row("corrupt-length-bit.seg").payload().bytes()))
                .contains(new WalSegmentId(2, 3, 1001));
        assertThat(SegmentDecoder.identity(VerdictVectors.row("corrupt-sequence-wraps.seg")
                        .payload()
                        .bytes()))
                .contains(new WalSegmentId(2, 3, -4));
        assertThat(SegmentDecoder.identity(
                        VerdictVectors.row("corrupt-version.seg").payload().bytes()))
                .isEmpty();
        assertThat(SegmentDecoder.identity(
                        VerdictVectors.row("corrupt-garbage.seg").payload().bytes()))
                .isEmpty();
        assertThat(SegmentDecoder.identity(new byte[63])).isEmpty();
        assertThat(SegmentDecoder.identity(new byte[0])).isEmpty();
    }

    @Test
    void exceptionCarriesTheFaultAndItsSentence() throws IOException {
        WalSegmentPayload payload = VerdictVectors.row("corrupt-magic.seg").payload();

        CorruptSegmentException e =
                catchThrowableOfType(CorruptSegmentException.class, () -> SegmentDecoder.decode(payload));

        assertThat(e)
                .hasMessage("segment 2:3:1001, batch 3, byte 822: magic: expected \"TIDL\", found \"DIDL\"")
                .hasToString(CorruptSegmentException.class.getName() + ": " + e.getMessage());
        assertThat(e.corruption().batchIndex()).isEqualTo(3);
    }

    private static long allocated(WalSegmentPayload payload) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        decodeQuietly(payload); // loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        decodeQuietly(payload);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void decodeQuietly(WalSegmentPayload payload) {
        try {
            SegmentDecoder.decode(payload);
        } catch (CorruptSegmentException expected) {
            // some are corrupt
        }
    }

    private static Corruption fault(WalSegmentPayload payload) {
        return catchThrowableOfType(CorruptSegmentException.class, () -> SegmentDecoder.decode(payload))
                .corruption();
    }

    private static WalSegmentPayload batches(long firstSeq, int... counts) {
        SegmentEncoder encoder = new SegmentEncoder(LOG, 2, BatchHasher.bouncyCastle());
        long seq = firstSeq;
        for (int count : counts) {
            encoder.beginBatch(seq, TIME);
            for (int i = 0; i < count; i++) {
                encoder.event(i, 0, 1, TIME);
            }
            encoder.endBatch();
            seq += count;
        }
        return encoder.finish();
    }
}
