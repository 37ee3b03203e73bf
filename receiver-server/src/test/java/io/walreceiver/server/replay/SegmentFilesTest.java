package io.walreceiver.server.replay;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.walreceiver.format.WalSegmentId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SegmentFilesTest {

    /** Ids of several logs have the same dense hashes: a map that probes linearly takes minutes for these. */
    @Test
    void manyFilesOfSeveralLogsTakeNoTime() {
        Map<WalSegmentId, Long> sizes = new HashMap<>();
        for (int i = 0; i < 400_000; i++) {
            sizes.put(new WalSegmentId(1, i % 4, i / 4 + 1), 85L);
        }

        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> new SegmentFiles(sizes));
    }
}
