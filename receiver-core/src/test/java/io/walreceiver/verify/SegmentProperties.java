package io.walreceiver.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.Reencoded;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.VerdictVectors;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.Arrays;

/** What must hold for any bytes whatever; shared by the tests that make such bytes. */
final class SegmentProperties {

    private static final BatchHasher HASHER = BatchHasher.bouncyCastle();
    private static final SegmentVerifier VERIFIER = new SegmentVerifier(HASHER);
    private static final EventRules RULES = new EventRules(VerdictVectors.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);

    private SegmentProperties() {}

    /** Checks under the id and the count that the bytes themselves suggest, so that the deeper checks are reached. */
    static void check(byte[] bytes) {
        WalSegmentId id = SegmentDecoder.identity(bytes).orElse(new WalSegmentId(2, 3, 1001));
        check(new WalSegmentPayload(id, bytes, SegmentDecoder.countEvents(bytes)));
    }

    static void check(WalSegmentPayload payload) {
        byte[] before = payload.bytes().clone();
        try {
            SegmentView segment = SegmentDecoder.decode(payload);
            checkView(segment);
            checkVerdict(segment, VERIFIER.verify(payload));
        } catch (CorruptSegmentException e) {
            checkFault(payload, e.corruption());
            assertThat(VERIFIER.verify(payload)).isEqualTo(new Refused(e.corruption()));
        }
        assertThat(payload.bytes()).isEqualTo(before);
    }

    private static void checkView(SegmentView segment) {
        assertThat(withoutChecksums(segment, Reencoded.of(segment, HASHER).bytes()))
                .isEqualTo(withoutChecksums(segment, segment.bytes()));
        RULES.firstInvalid(segment).ifPresent(fault -> checkFault(segment, fault));
    }

    private static void checkVerdict(SegmentView segment, VerificationResult result) {
        if (result instanceof Refused refused) {
            assertThat(refused.fault().field()).isEqualTo("checksum");
            checkFault(segment, refused.fault());
        } else {
            SegmentView verified = ((Verified) result).segment();
            assertThat(Reencoded.of(verified, HASHER).bytes()).isEqualTo(segment.bytes());
        }
    }

    private static void checkFault(SegmentView segment, SegmentFault fault) {
        assertThat(fault.segment()).isEqualTo(segment.id());
        assertThat(fault.batchIndex()).isBetween(0, segment.batchCount() - 1);
        assertThat(fault.byteOffset()).isBetween(0L, segment.sizeBytes() - 1L);
        assertThat(fault.describe()).isNotBlank();
    }

    private static void checkFault(WalSegmentPayload payload, Corruption fault) {
        assertThat(fault.segment()).isEqualTo(payload.id());
        assertThat(fault.batchIndex()).isNotNegative();
        assertThat(fault.byteOffset()).isBetween(0L, (long) payload.bytes().length);
        assertThat(fault.describe()).hasSizeLessThan(500).doesNotContain("\n");
    }

    private static byte[] withoutChecksums(SegmentView segment, byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int b = 0; b < segment.batchCount(); b++) {
            int checksum = segment.checksumOffset(b);
            Arrays.fill(copy, checksum, checksum + BatchHasher.CHECKSUM_BYTES, (byte) 0);
        }
        return copy;
    }
}
