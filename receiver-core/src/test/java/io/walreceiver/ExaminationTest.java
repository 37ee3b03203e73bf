package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.Examination.Finding;
import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogProgress;
import io.walreceiver.replay.Examined;
import io.walreceiver.route.Arrival;
import io.walreceiver.verify.SegmentVerifier;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExaminationTest {

    private static final LogId LOG = new LogId(1, 0);

    private final LogProgress progress = new LogProgress(LOG, () -> {}, () -> {});

    @Test
    void arrivalsOfEveryKindAreFoundOutAboutInTheirOrder() {
        progress.received(2);
        WalSegmentPayload corrupt = Leader.tiny(LOG, 4);
        corrupt.bytes()[corrupt.bytes().length - 1] ^= 1;

        List<Finding> findings = examination(BatchHasher.fastest())
                .of(
                        List.of(
                                new Arrival.Segment(Leader.tiny(LOG, 2), 11),
                                new Arrival.Segment(Leader.tiny(LOG, 3), 12),
                                new Arrival.GiveUpHeld(),
                                new Arrival.Segment(corrupt, 13),
                                new Arrival.HeldMayFollow(),
                                new Arrival.Segment(Leader.tiny(LOG, 5), 14)),
                        progress);

        assertThat(findings)
                .extracting(Finding::arrival)
                .containsExactly(11L, 12L, Long.MAX_VALUE, 13L, Long.MAX_VALUE, 14L);
        assertThat(findings)
                .extracting(finding -> finding.examined().getClass().getSimpleName())
                .containsExactly("Known", "Intact", "GiveUpHeld", "Faulty", "HeldMayFollow", "Intact");
        assertThat(((Examined.Intact) findings.get(5).examined()).segment().firstSeq())
                .isEqualTo(5);
    }

    @Test
    void onlyTheSegmentFailsThatTheStageFailsOn() {
        WalSegmentPayload third = Leader.tiny(LOG, 3);
        OutOfMemoryError failure = new OutOfMemoryError("of the test");
        BatchHasher failing = (segment, headers, payloads, from, to, out) -> {
            if (segment == third.bytes()) {
                throw failure;
            }
            BatchHasher.bouncyCastle().hash(segment, headers, payloads, from, to, out);
        };
        List<Arrival> group = IntStream.rangeClosed(1, 5)
                .<Arrival>mapToObj(i -> new Arrival.Segment(i == 3 ? third : Leader.tiny(LOG, i), i))
                .toList();

        List<Finding> findings = examination(failing).of(group, progress);

        assertThat(findings).extracting(Finding::arrival).containsExactly(1L, 2L, 3L, 4L, 5L);
        for (Finding finding : findings) {
            if (finding.arrival() == 3) {
                assertThat(finding.examined()).isEqualTo(new Examined.Failed(third, failure));
            } else {
                assertThat(finding.examined()).isInstanceOf(Examined.Intact.class);
            }
        }
    }

    private static Examination examination(BatchHasher hasher) {
        return new Examination(
                new SegmentVerifier(hasher),
                new EventRules(Schemas.FOUR_TYPES, EventRules.DEFAULT_MAX_EVENT_LEAD),
                true);
    }
}
