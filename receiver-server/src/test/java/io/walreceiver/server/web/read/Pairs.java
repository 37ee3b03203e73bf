package io.walreceiver.server.web.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What an independent program expects of the demo's data. */
final class Pairs {

    static final Path EXPECTED = Path.of(System.getProperty("vectors"), "reactor-core-history", "expected.csv");

    /** A pair with its counts and its score. */
    record Pair(String entity, int signal, long all, long hour, long day, long week, double score, double magnitude) {

        long unsignedEntity() {
            return Long.parseUnsignedLong(entity);
        }
    }

    private Pairs() {}

    static List<Pair> expected() throws IOException {
        try (Stream<String> lines = Files.lines(EXPECTED)) {
            return lines.skip(1).map(line -> line.split(",")).map(Pairs::pair).toList();
        }
    }

    private static Pair pair(String[] f) {
        return new Pair(
                f[0],
                Integer.parseInt(f[1]),
                Long.parseLong(f[2]),
                Long.parseLong(f[3]),
                Long.parseLong(f[4]),
                Long.parseLong(f[5]),
                Double.parseDouble(f[6]),
                Double.parseDouble(f[7]));
    }
}
