package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The whole check of a segment, structure and checksums, with each hasher. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class VerifyBenchmark {

    /** A way to hash. */
    public enum Hasher {
        /** What the receiver uses. */
        FASTEST(BatchHasher.fastest()),
        /** The reference. */
        BOUNCY_CASTLE(BatchHasher.bouncyCastle()),
        /** The second opinion. */
        COMMONS_CODEC(BatchHasher.commonsCodec());

        private final BatchHasher batchHasher;

        Hasher(BatchHasher batchHasher) {
            this.batchHasher = batchHasher;
        }
    }

    /** What is verified. */
    @Param
    public SegmentShape shape;

    /** How its checksums are computed. */
    @Param
    public Hasher hasher;

    private SegmentVerifier verifier;
    private WalSegmentPayload payload;

    /** Makes the segment, and makes sure that a wrong bit at its end would be found. */
    @Setup
    public void makeSegment() {
        verifier = new SegmentVerifier(hasher.batchHasher);
        payload = shape.segment();
        int last = payload.bytes().length - 1;
        payload.bytes()[last] ^= 1;
        Work.check(verifier.verify(payload) instanceof Refused);
        payload.bytes()[last] ^= 1;
    }

    /** Structure and checksums. */
    @Benchmark
    public VerificationResult verify(Work work) {
        VerificationResult result = verifier.verify(payload);
        Work.check(result instanceof Verified verified && verified.segment().eventCount() == payload.eventCount());
        work.bytes += payload.bytes().length;
        work.events += payload.eventCount();
        return result;
    }
}
