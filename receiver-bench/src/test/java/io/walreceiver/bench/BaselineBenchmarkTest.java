package io.walreceiver.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever takes part gives the same answers: here at a hundredth of the size. */
class BaselineBenchmarkTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"all", "million", "cores", "order"})
    void allGiveTheSameAnswersAndLeaveNothing(String what) throws Exception {
        BaselineBenchmark.main(new String[] {what, directory.toString(), "1", "100"});

        assertThat(directory).isEmptyDirectory();
    }
}
