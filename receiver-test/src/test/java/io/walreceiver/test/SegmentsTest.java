package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import org.junit.jupiter.api.Test;

class SegmentsTest {

    private static final LogId LOG = new LogId(1, 3);

    @Test
    void segmentsFollowEachOtherAndAreValid() {
        Segments log = Segments.of(LOG).seed(42).eventsPerBatch(3);
        WalSegmentPayload first = log.next(10);
        WalSegmentPayload second = log.next(new SignalEvent(-7, 255, -0.5f, 1_000));
        SegmentView view = SegmentDecoder.decode(first);
        assertThat(view.batchCount()).isEqualTo(4);
        assertThat(view.lastSeq()).isEqualTo(10);
        assertThat(second.id()).hasToString("1:3:11");
        assertThat(SegmentDecoder.decode(second).batch(0).entityId(0)).isEqualTo(-7);
        assertThat(log.last()).isEqualTo(11);
        assertThat(log.events()).hasSize(11);
    }

    @Test
    void cutsHoldTheSameEvents() {
        Segments log = Segments.of(LOG);
        log.next(10);
        log.next(10);
        SegmentView cut = SegmentDecoder.decode(log.cut(6, 15));
        assertThat(cut.firstSeq()).isEqualTo(6);
        for (int i = 0; i < 10; i++) {
            SignalEvent event = log.events(6, 15).get(i);
            assertThat(cut.batch(0).timestampNanos(i)).isEqualTo(event.timestampNanos());
            assertThat(cut.batch(0).weight(i)).isEqualTo(event.weight());
        }
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        assertThat(Segments.of(LOG).seed(5).next(100).bytes())
                .isEqualTo(Segments.of(LOG).seed(5).next(100).bytes())
                .isNotEqualTo(Segments.of(LOG).seed(6).next(100).bytes());
    }

    @Test
    void version1NamesNoLog() {
        WalSegmentPayload segment = Segments.of(LOG).version(1).next(5);
        assertThat(SegmentDecoder.decode(segment).id().log()).isEqualTo(LOG);
        assertThat(segment.bytes()[4]).isEqualTo((byte) 1);
    }

    @Test
    void faultyCopiesLeaveTheOriginalAlone() {
        WalSegmentPayload good = Segments.of(LOG).next(5);
        byte[] before = good.bytes().clone();
        WalSegmentPayload corrupt = Segments.corrupt(good);
        assertThat(corrupt.bytes()).isNotEqualTo(before).hasSameSizeAs(before);
        assertThat(BatchHasher.bouncyCastle()).isNotNull();
        assertThatThrownBy(() -> SegmentDecoder.decode(Segments.truncated(good, 100)))
                .isInstanceOf(CorruptSegmentException.class);
        assertThatThrownBy(() -> SegmentDecoder.decode(Segments.claiming(good, 6)))
                .isInstanceOf(CorruptSegmentException.class);
        assertThatThrownBy(() -> SegmentDecoder.decode(Segments.flipped(good, 0, 0xFF)))
                .isInstanceOf(CorruptSegmentException.class);
        assertThat(good.bytes()).isEqualTo(before);
    }
}
