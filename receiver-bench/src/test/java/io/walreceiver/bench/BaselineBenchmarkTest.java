package io.walreceiver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever takes part gives the same answers: here at a hundredth of the size. */
class BaselineBenchmarkTest {

    @TempDir
    Path directory;

    @Test
    void allGiveTheSameAnswersAndLeaveNothing() throws Exception {
        BaselineBenchmark.main(new String[] {"all", directory.toString(), "1", "100"});

        assertThat(directory).isEmptyDirectory();
    }
}
