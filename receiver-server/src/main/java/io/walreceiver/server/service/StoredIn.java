package io.walreceiver.server.service;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.config.Data;
import io.walreceiver.server.config.Receiver;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.storage.Retention;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/** The data directory as the options say: what is in it, under which schema, and within which bounds. */
final class StoredIn {

    private final ServerConfig config;
    private final Optional<StoredData> stored;
    private final Optional<SchemaFile> file;
    private final SignalSchema schema;

    private StoredIn(ServerConfig config, Optional<StoredData> stored, Optional<SchemaFile> file, SignalSchema schema) {
        this.config = config;
        this.stored = stored;
        this.file = file;
        this.schema = schema;
    }

    /** Looks into the directory, and reads the schema file if there is one. */
    static StoredIn look(ServerConfig config) throws IOException {
        Optional<SchemaFile> file = config.data().schema().isPresent()
                ? Optional.of(SchemaFile.load(config.data().schema().get()))
                : Optional.empty();
        Optional<StoredData> stored = StoredData.find(config.data().directory());
        SignalSchema schema = file.map(SchemaFile::schema)
                .or(() -> stored.map(data -> data.schema().schema()))
                .orElseThrow(() -> ServiceFailure.usage(
                        "--schema: it is missing, and " + config.data().directory() + " holds none yet",
                        "add --schema FILE, a list of signal types (docs/cli.md shows one); later runs go by what is stored."
                                + " To look around first: receiver serve --demo"));
        return new StoredIn(config, stored, file, schema);
    }

    SignalSchema schema() {
        return schema;
    }

    /** Names of entities: the file that the options name, else the one that the schema file does. */
    EntityNames names() throws IOException {
        if (config.names().isPresent()) {
            return EntityNames.load(config.names().get());
        }
        return file.isPresent() ? file.get().entityNames() : EntityNames.NONE;
    }

    long bytesToRecover() throws IOException {
        long bytes = 0;
        if (stored.isPresent()) {
            for (var log : stored.get().logs()) {
                bytes += stored.get().log(log).bytesToRecover();
            }
        }
        return bytes;
    }

    DirectoryStorage storage(Consumer<RecoveryFinding> findings) {
        Data data = config.data();
        return DirectoryStorage.builder(data.directory())
                .commitPolicy(data.commit())
                .maxFileBytes(data.maxFileBytes())
                .checkpointBytes(data.checkpointBytes())
                .checkpointInterval(data.checkpointInterval())
                .retention(retention(data))
                .maxQuarantineBytes(data.maxQuarantineBytes())
                .maxQuarantineSegments(data.maxQuarantineSegments())
                .onFinding(findings)
                .build();
    }

    /** Policies are stored with the data: no option may change them in passing. */
    ReceiverOptions receiverOptions() {
        Receiver receiver = config.receiver();
        ReceiverOptions.Builder options = ReceiverOptions.builder()
                .maxInFlightBytes(receiver.maxInFlightBytes())
                .maxSegmentBytes(receiver.maxSegmentBytes())
                .maxHeldBytesPerLog(receiver.maxHeldBytesPerLog())
                .maxLogs(receiver.maxLogs())
                .patience(receiver.patience())
                .minResendDelay(receiver.minResendDelay())
                .maxResendDelay(receiver.maxResendDelay());
        receiver.maxLedgerBytes().ifPresent(options::maxLedgerBytes);
        receiver.threads().ifPresent(options::parallelism);
        stored.map(StoredData::schema)
                .ifPresent(policies ->
                        options.invalidEvents(policies.invalidEvents()).maxEventLead(policies.maxEventLead()));
        return options.build();
    }

    private static Retention retention(Data data) {
        Retention forTime = data.retainTime().map(Retention::forTime).orElseGet(Retention::none);
        return data.retainBytes()
                .map(bytes -> forTime.or(Retention.forBytes(bytes)))
                .orElse(forTime);
    }
}
