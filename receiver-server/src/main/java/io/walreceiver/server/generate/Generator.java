package io.walreceiver.server.generate;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.output.NewFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes made-up logs into a directory, with the schema file that goes with them. */
public final class Generator {

    /** Name of the schema file. */
    public static final String SCHEMA_FILE = "schema.yaml";

    private final GeneratorOptions options;
    private final Path directory;

    /**
     * A generator.
     *
     * @param options what to generate
     * @param directory where to; it is created, and must not hold segments yet
     */
    public Generator(GeneratorOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /**
     * Writes everything. Each file appears under its name only when it is complete, each log in order.
     *
     * @param written is told of each segment
     * @throws IOException if a file cannot be written; those before it are there and complete
     */
    public void run(Consumer<WalSegmentPayload> written) throws IOException {
        Files.createDirectories(directory);
        NewFile.write(
                directory.resolve(SCHEMA_FILE), out -> out.write(SchemaText.YAML.getBytes(StandardCharsets.UTF_8)));
        for (int shard = 0; shard < options.logs(); shard++) {
            LogGenerator log = new LogGenerator(options, shard);
            while (log.hasNext()) {
                WalSegmentPayload segment = log.next();
                NewFile.write(directory.resolve(segment.id().fileName()), out -> out.write(segment.bytes()));
                written.accept(segment);
            }
        }
    }
}
