package io.walreceiver.spring;

import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.spring.config.InvalidConfigurationException;
import io.walreceiver.spring.config.Mistake;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Retention;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StoredData;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/** Makes the storage of what the configuration says. */
final class StorageReader {

    private static final Logger LOG = LoggerFactory.getLogger(StorageReader.class);
    private static final String PROPERTY = "wal-receiver.data";
    private static final String EXPECTED = "the name of a directory; the one it lies in must exist";

    private final ReceiverProperties properties;

    StorageReader(ReceiverProperties properties) {
        this.properties = properties;
    }

    /**
     * Makes the storage. Nothing is opened, but it is looked at what is stored there: the receiver would find out only in the background that
     * it does not fit. Blocks.
     *
     * @param schema of the application
     * @param clock tells the time of what is stored
     * @param needed whether the ledger is lost without a storage
     */
    Storage read(SignalSchema schema, Clock clock, boolean needed) {
        String data = properties.data();
        if (data == null) {
            if (needed) {
                LOG.warn(
                        "{} is not set: nothing is stored, and after a restart everything comes from the leader again",
                        PROPERTY);
            }
            return Storage.inMemory();
        }
        ReceiverProperties.Storage storage = properties.storage();
        Path directory = directory(data);
        compare(directory, schema);
        return DirectoryStorage.builder(directory)
                .clock(clock)
                .commitPolicy(new CommitPolicy(storage.commit()))
                .maxFileBytes(storage.maxFileBytes().toBytes())
                .checkpointBytes(storage.checkpointBytes().toBytes())
                .checkpointInterval(storage.checkpointInterval())
                .retention(retention(storage))
                .maxQuarantineBytes(storage.maxQuarantineBytes().toBytes())
                .maxQuarantineSegments(storage.maxQuarantineSegments())
                .adoptsSchemaChanges(storage.adoptSchemaChanges())
                .build();
    }

    private static Path directory(String data) {
        try {
            Path directory = data.startsWith("file:") ? Path.of(new URI(data)) : Path.of(data);
            Path absolute = directory.toAbsolutePath().normalize();
            Path parent = absolute.getParent();
            boolean usable =
                    Files.exists(absolute) ? Files.isDirectory(absolute) : parent != null && Files.isDirectory(parent);
            if (!data.isBlank() && usable) {
                return absolute;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // told below
        }
        throw new InvalidConfigurationException(
                List.of(new Mistake(PROPERTY, data, EXPECTED, "Set " + PROPERTY + " to " + EXPECTED + ".")));
    }

    private void compare(Path directory, SignalSchema schema) {
        Optional<StoredSchema> stored;
        try {
            stored = StoredData.find(directory).map(StoredData::schema);
        } catch (StorageException e) {
            throw wrong(
                    directory,
                    "a data directory that can be used; " + e.getMessage(),
                    "Do as it says, or name another data directory.");
        }
        List<SchemaDiff.Change> changes = stored.map(there -> SchemaDiff.between(
                                there, new StoredSchema(schema, there.invalidEvents(), there.maxEventLead()))
                        .changes())
                .orElse(List.of());
        boolean compatible = changes.stream().allMatch(SchemaDiff.Change::compatible);
        if (changes.isEmpty() || (compatible && properties.storage().adoptSchemaChanges())) {
            return;
        }
        throw wrong(
                directory,
                "data under the schema of the application; "
                        + changes.stream().map(SchemaDiff.Change::text).collect(Collectors.joining("; ")),
                compatible
                        ? "Set wal-receiver.storage.adopt-schema-changes=true, so that the new schema is stored, or restore the old one."
                        : "Restore the schema that is stored, or name another data directory.");
    }

    private static InvalidConfigurationException wrong(Path directory, String expected, String action) {
        return new InvalidConfigurationException(
                List.of(new Mistake(PROPERTY, directory.toString(), expected, action)));
    }

    private static Retention retention(ReceiverProperties.Storage storage) {
        Duration time = storage.retainTime();
        DataSize bytes = storage.retainBytes();
        Retention forTime = time == null ? Retention.none() : Retention.forTime(time);
        return bytes == null ? forTime : forTime.or(Retention.forBytes(bytes.toBytes()));
    }
}
