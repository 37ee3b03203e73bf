package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.server.replay.CsvExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compares an export with what an independent program expects. */
final class Expected {

    private static final int SCORE = 6;
    private static final int MAGNITUDE = 7;

    private Expected() {}

    static void assertExport(Path export, Path expectedFile) throws IOException {
        List<String> exported = Files.readAllLines(export);
        List<String> expected = Files.readAllLines(expectedFile);
        assertThat(exported.get(0)).isEqualTo(CsvExport.HEADER);
        assertThat(exported).hasSameSizeAs(expected);
        for (int i = 1; i < expected.size(); i++) {
            assertRow(exported.get(i), expected.get(i).split(","));
        }
    }

    private static void assertRow(String line, String[] expected) {
        String[] found = line.split(",");
        assertThat(found).as(line).hasSize(SCORE + 1);
        for (int column = 0; column < SCORE; column++) {
            assertThat(found[column]).as(line).isEqualTo(expected[column]);
        }
        double allowed = 1e-9 * Double.parseDouble(expected[MAGNITUDE]) + 1e-280;
        assertThat(Double.parseDouble(found[SCORE]))
                .as(line)
                .isCloseTo(Double.parseDouble(expected[SCORE]), within(allowed));
    }
}
