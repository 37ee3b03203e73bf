package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;

/** Verification of one usual segment, structure and checksums, with each way to compute these. One thread. */
final class ChecksumContest {

    /** What a run takes at least: shorter ones are mostly noise. */
    private static final double CPU_SECONDS = 0.5;

    private final WalSegmentPayload segment;

    ChecksumContest(WalSegmentPayload segment) {
        this.segment = segment;
    }

    void run(int warmups, int rounds) throws Exception {
        new Contest(
                        "verification of a segment of " + segment.bytes().length + " bytes",
                        "GB/s",
                        segment.bytes().length / 1e9)
                .with("Commons Codec", verifying(BatchHasher.commonsCodec()))
                .with("BouncyCastle", verifying(BatchHasher.bouncyCastle()))
                .with("receiver", verifying(BatchHasher.fastest()))
                .run(warmups, rounds);
    }

    private Contest.Entrant verifying(BatchHasher hasher) {
        SegmentVerifier verifier = new SegmentVerifier(hasher);
        return () -> Took.repeating(CPU_SECONDS, () -> Work.check(verifier.verify(segment) instanceof Verified));
    }
}
