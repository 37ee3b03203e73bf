package io.walreceiver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each part of the benchmark checks what it computes: here at a hundredth of its size. */
class DurabilityBenchmarkTest {

    @TempDir
    Path directory;

    @Test
    void everyPartComputesWhatItShouldAndLeavesNothing() throws Exception {
        DurabilityBenchmark.main(new String[] {"all", directory.toString(), "1", "100"});

        assertThat(directory).isEmptyDirectory();
    }
}
