package io.walreceiver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark checks what it computes: here at a hundredth of its size. */
class NetworkBenchmarkTest {

    @TempDir
    Path directory;

    @Test
    void everythingArrivesAndNothingIsLeft() throws Exception {
        NetworkBenchmark.main(new String[] {directory.toString(), "1", "100"});

        assertThat(directory).isEmptyDirectory();
    }
}
