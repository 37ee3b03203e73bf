package io.walreceiver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private final Workload workload = new Workload(100_050, 20_000, 100, 1 << 20, 42);

    @Test
    void logIsValidUnbrokenAndHoldsEveryEvent() {
        SegmentVerifier verifier = new SegmentVerifier(BatchHasher.bouncyCastle());
        EventRules rules = new EventRules(Workload.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);
        long next = 1;
        for (WalSegmentPayload payload : workload.segments(3)) {
            SegmentView segment = ((Verified) verifier.verify(payload)).segment();
            assertThat(segment.firstSeq()).isEqualTo(next);
            assertThat(segment.sizeBytes()).isLessThanOrEqualTo(1 << 20);
            assertThat(rules.firstInvalid(segment)).isEmpty();
            next = segment.lastSeq() + 1;
        }
        assertThat(next).isEqualTo(100_051);
    }

    @Test
    void sameSeedGivesTheSameBytesAndAnotherLogOthers() {
        List<WalSegmentPayload> first = workload.segments(1);

        assertThat(workload.segments(1).get(0).bytes()).isEqualTo(first.get(0).bytes());
        assertThat(workload.segments(2).get(0).bytes())
                .isNotEqualTo(first.get(0).bytes());
    }

    @Test
    void popularityFollowsZipf() {
        Map<Long, Integer> counts = new HashMap<>();
        for (WalSegmentPayload payload : workload.segments(0)) {
            forEachEvent(payload, (batch, i) -> counts.merge(batch.entityId(i), 1, Integer::sum));
        }
        List<Integer> byRank = counts.values().stream().sorted((a, b) -> b - a).toList();
        double harmonic = 10.48; // of 20,000

        assertThat((double) byRank.get(0)).isBetween(0.95 * 100_050 / harmonic, 1.05 * 100_050 / harmonic);
        assertThat(byRank.get(0) / (double) byRank.get(9)).isBetween(8.0, 12.0);
    }

    @Test
    void standardWorkloadTouchesAsManyPairsAsItSays() {
        Set<Long> pairs = new HashSet<>();
        for (WalSegmentPayload payload : Workload.standard().segments(0)) {
            forEachEvent(payload, (batch, i) -> pairs.add(batch.entityId(i) * 31 + batch.signalType(i)));
        }
        assertThat(pairs.size() * Workload.STANDARD_LOGS).isBetween(1_150_000, 1_210_000);
    }

    private interface OnEvent {
        void event(EventBatch batch, int i);
    }

    private static void forEachEvent(WalSegmentPayload payload, OnEvent action) {
        SegmentView segment = SegmentDecoder.decode(payload);
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            for (int i = 0; i < batch.count(); i++) {
                action.event(batch, i);
            }
        }
    }
}
