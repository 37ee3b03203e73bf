package io.walreceiver.server.schemafile;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.NodeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A schema file: signal types, and optionally where the names of entities are.
 *
 * <pre>{@code
 * signals:
 *   - {type: 0, name: view, half-life: 7d}
 *   - {type: 1, name: like, half-life: permanent}
 * entities: entities.csv
 * }</pre>
 *
 * @param file where it was read from
 * @param schema the signal types
 * @param entities the file that names entities, if there is one
 */
public record SchemaFile(Path file, SignalSchema schema, Optional<Path> entities) {

    private static final long MAX_BYTES = 1 << 20;

    /**
     * Reads a schema file, YAML or (by its ending {@code .json}) JSON.
     *
     * @throws InvalidFileException if it holds mistakes; it names all of them
     * @throws IOException if it cannot be read
     */
    public static SchemaFile load(Path file) throws IOException {
        return new SchemaReader(file, names -> Files.isReadable(names) && Files.isRegularFile(names))
                .read(NodeReader.read(file, MAX_BYTES));
    }

    /**
     * Reads signal types from a text that is in memory; a file of entities that it names is not looked for.
     *
     * @param file what messages call it
     * @throws InvalidFileException if it holds mistakes; it names all of them
     */
    public static SignalSchema parse(String file, String text) {
        return new SchemaReader(Path.of(file), name -> true)
                .read(NodeReader.read(file, text))
                .schema();
    }

    /**
     * The names of entities; none if the schema file does not say where they are.
     *
     * @throws InvalidFileException if the file of names holds mistakes
     * @throws IOException if it cannot be read
     */
    public EntityNames entityNames() throws IOException {
        return entities.isPresent() ? EntityNames.load(entities.get()) : EntityNames.NONE;
    }
}
