package io.walreceiver.server.command;

import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.SchemaDiff.Change;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes another schema the stored one. */
@Command(
        name = "apply",
        sortOptions = false,
        description = {
            "Make another schema the stored one, if every score keeps its meaning: a new type, or another name for a type.",
            "",
            "What is stored is recovered under the old schema, and every log gets a checkpoint. " + DataOptions.LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:the schema is the stored one now",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT + ", such as a schema that is not compatible",
            "3:a log stopped short, but could be recovered through there"
        },
        footer = {"", "With --json one document: changed, changes (text, compatible)."})
final class SchemaApplyCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Option(names = "--schema", paramLabel = "FILE", required = true, description = "The signal types, YAML or JSON.")
    private Path schemaFile = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    SchemaApplyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        SchemaFile file = SchemaFile.load(Arguments.file(schemaFile));
        StoredSchema wanted = DataInUse.with(file.schema(), stored);
        SchemaDiff diff = SchemaDiff.between(stored.schema(), wanted);
        if (diff.same()) {
            report(diff, false);
            return Exit.OK;
        }
        if (!diff.compatible()) {
            refuse(diff);
            return Exit.USAGE;
        }
        DataInUse inUse = DataInUse.under(console, stored, wanted);
        Replayed recovered = adopt(inUse, new LocalAudit(stored), diff);
        inUse.warn();
        report(diff, true);
        return new StoppedLogs(console, segment -> List.of()).tell(recovered);
    }

    private static Replayed adopt(DataInUse inUse, LocalAudit audit, SchemaDiff diff) throws IOException {
        try {
            return new Offline(inUse) // when it runs, the schema is adopted
                    .run(receiver -> audit.done("schema apply", Map.of("changes", diff.describe())));
        } catch (StorageException e) {
            throw RunningServer.mustStop(
                    e, "a server keeps the schema that it started with; the change itself is compatible");
        } catch (IllegalStateException e) {
            throw CommandFailure.failed(
                    String.valueOf(e.getMessage()), "put that right first; the stored schema is the one that was");
        }
    }

    private void refuse(SchemaDiff diff) {
        if (common.json()) {
            Json.document(console, new Document(false, diff.changes()));
        }
        console.error(data + " was written under another schema, and the scores there would change their meaning");
        diff.describe().lines().forEach(line -> console.err().println("  " + line));
        console.next("do what each incompatible line says; "
                + Shell.command("receiver schema show " + Shell.quote(data.toString())) + " prints the stored schema");
    }

    private void report(SchemaDiff diff, boolean changed) {
        if (common.json()) {
            Json.document(console, new Document(changed, diff.changes()));
            return;
        }
        if (!changed) {
            console.out().println(schemaFile + " is the stored schema: nothing to change");
            return;
        }
        console.out().println(schemaFile + " is the stored schema now:");
        diff.describe().lines().forEach(line -> console.out().println("  " + line));
    }

    private record Document(boolean changed, List<Change> changes) {}
}
