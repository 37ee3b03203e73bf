package io.walreceiver.server.command;

import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.schemafile.SchemaYaml;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the stored schema. */
@Command(
        name = "show",
        sortOptions = false,
        description = {
            "Print the schema that a data directory was written under, as YAML that --schema reads.",
            "",
            DataOptions.NO_LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {"", "With --json one document: signals (type, name, halfLife), invalidEvents, maxEventLead."})
final class SchemaShowCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    SchemaShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredSchema stored = Arguments.data(data).schema();
        String policy = stored.invalidEvents().name().toLowerCase(Locale.ROOT);
        String lead = Figures.duration(stored.maxEventLead());
        if (common.json()) {
            Json.document(console, new Document(SignalJson.of(stored.schema()), policy, lead));
            return Exit.OK;
        }
        console.out().println("# invalid events: " + policy + "; events may lie " + lead + " after their batch");
        console.out().print(SchemaYaml.of(stored.schema()));
        return Exit.OK;
    }

    private record Document(List<SignalJson> signals, String invalidEvents, String maxEventLead) {}
}
