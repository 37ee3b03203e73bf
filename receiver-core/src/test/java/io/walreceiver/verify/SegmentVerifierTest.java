package io.walreceiver.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentVerifierTest {

    private static final BatchHasher HASHER = BatchHasher.bouncyCastle();
    private static final long TIME = 1_767_225_600_000_000_000L;

    private final SegmentVerifier verifier = new SegmentVerifier(HASHER);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everySingleBitFlipIsRefused(int version) {
        WalSegmentPayload intact = segment(version, 3, 4);
        byte[] bytes = intact.bytes().clone();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);

            VerificationResult result = verifier.verify(new WalSegmentPayload(intact.id(), bytes, intact.eventCount()));

            assertThat(result).as("bit %d", bit).isInstanceOf(Refused.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(verifier.verify(intact)).isInstanceOf(Verified.class);
    }

    @Test
    void truncationAtEveryLengthIsRefused() {
        WalSegmentPayload intact = segment(2, 3, 4);
        for (int length = 0; length < intact.bytes().length; length++) {
            byte[] cut = Arrays.copyOf(intact.bytes(), length);

            VerificationResult result = verifier.verify(new WalSegmentPayload(intact.id(), cut, intact.eventCount()));

            assertThat(result).as("cut to %d bytes", length).isInstanceOf(Refused.class);
        }
    }

    @Test
    void truncationBetweenBatchesIsAWrongCount() {
        WalSegmentPayload intact = segment(2, 3, 4);
        byte[] cut = Arrays.copyOf(intact.bytes(), intact.bytes().length / 3);

        Corruption fault = refusal(new WalSegmentPayload(intact.id(), cut, intact.eventCount()));

        assertThat(fault.field()).isEqualTo("claimed event count");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1023, 1024, 1025, 2047, 2048, 2499})
    void wrongChecksumIsFoundInEveryTile(int batch) {
        WalSegmentPayload payload = segment(2, 2500, 1);
        SegmentView segment = ((Verified) verifier.verify(payload)).segment();
        int stored = segment.checksumOffset(batch);
        payload.bytes()[stored + 31] ^= 1;

        Corruption fault = refusal(payload);

        assertThat(fault.batchIndex()).isEqualTo(batch);
        assertThat(fault.byteOffset()).isEqualTo(stored);
        assertThat(fault.field()).isEqualTo("checksum");
    }

    @Test
    void theFirstOfSeveralFaultsIsNamed() {
        WalSegmentPayload payload = segment(2, 5, 1);
        payload.bytes()[3 * 85 + 70] ^= 1;
        payload.bytes()[85 + 70] ^= 1;

        assertThat(refusal(payload).batchIndex()).isEqualTo(1);
    }

    /** Of many in one call each gets the verdict that it gets alone, whatever is wrong with its neighbours. */
    @Test
    void severalSegmentsGetTheVerdictsThatEachGetsAlone() {
        SplittableRandom random = new SplittableRandom(1);
        List<WalSegmentPayload> payloads = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            WalSegmentPayload payload =
                    segment(1 + i % 2, i == 123 ? 1_500 : 1 + random.nextInt(4), 1 + random.nextInt(9));
            switch (i % 5) {
                case 1 -> {
                    byte[] bytes = payload.bytes();
                    bytes[random.nextInt(bytes.length)] ^= 1;
                    bytes[random.nextInt(bytes.length)] ^= 1;
                }
                case 2 ->
                    payload = new WalSegmentPayload(
                            payload.id(),
                            Arrays.copyOf(payload.bytes(), random.nextInt(payload.bytes().length)),
                            payload.eventCount());
                default -> {}
            }
            payloads.add(payload);
        }
        for (int from = 0; from < payloads.size(); from += 50) {
            for (int to : new int[] {from, from + 1, from + 2, payloads.size()}) {
                List<WalSegmentPayload> some = payloads.subList(from, to);

                assertThat(said(verifier.verify(some)))
                        .isEqualTo(said(some.stream().map(verifier::verify).toList()));
            }
        }
    }

    /** What each says: the segment it is of, or the fault. */
    private static List<Object> said(List<VerificationResult> results) {
        return results.stream()
                .map(result -> result instanceof Verified verified
                        ? verified.segment().bytes() // the very array
                        : ((Refused) result).fault())
                .toList();
    }

    private Corruption refusal(WalSegmentPayload payload) {
        return (Corruption) ((Refused) verifier.verify(payload)).fault();
    }

    private static WalSegmentPayload segment(int version, int batches, int eventsPerBatch) {
        SegmentEncoder encoder = new SegmentEncoder(new LogId(2, 3), version, HASHER);
        long seq = 1001;
        for (int b = 0; b < batches; b++) {
            encoder.beginBatch(seq, TIME + b);
            for (int i = 0; i < eventsPerBatch; i++) {
                encoder.event(seq * 31, i, 0.5f * i, TIME - seq++);
            }
            encoder.endBatch();
        }
        return encoder.finish();
    }
}
