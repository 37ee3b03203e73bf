package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;

/** Verification of one usual segment, structure and checksums, with each way to compute these. One thread. */
final class ChecksumContest {

    private final WalSegmentPayload segment;
    private final double cpuSeconds;

    /**
     * A contest.
     *
     * @param cpuSeconds what a run takes at least: short ones are mostly noise
     */
    ChecksumContest(WalSegmentPayload segment, double cpuSeconds) {
        this.segment = segment;
        this.cpuSeconds = cpuSeconds;
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
        return () -> Took.repeating(cpuSeconds, () -> Work.check(verifier.verify(segment) instanceof Verified));
    }
}
