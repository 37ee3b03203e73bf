package io.walreceiver.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.walreceiver.format.VerdictVectors;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Coverage-guided fuzzing of decoder, verifier and event rules. An ordinary test run feeds it its seeds only. To search on from
 * the seeds:
 *
 * <pre>
 * JAZZER_FUZZ=1 mvn -pl receiver-core test -Dtest=SegmentFuzzTest -Dtest.argLine="-Djazzer.hooks=true -Djazzer.max_duration=10m"
 * </pre>
 */
class SegmentFuzzTest {

    static Stream<byte[]> seeds() throws IOException {
        return VerdictVectors.rows().stream().map(row -> row.payload().bytes());
    }

    @MethodSource("seeds")
    @FuzzTest(maxDuration = "2m")
    void anyBytesAreRefusedOrReencodeToTheSame(byte[] bytes) {
        SegmentProperties.check(bytes);
    }
}
