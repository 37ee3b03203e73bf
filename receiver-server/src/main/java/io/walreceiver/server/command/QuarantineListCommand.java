package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.admin.KeptJson;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.QuarantineListing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists refused segments. */
@Command(
        name = "ls",
        sortOptions = false,
        description = {"List the refused segments that are kept aside, oldest first.", "", DataOptions.NO_LOCK},
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one object per line and segment: log, kept (name, segment, eventsClaimed, bytes, blake3, bytesKept,"
                    + " cause, firstSeen, lastSeen, count)."
        })
final class QuarantineListCommand implements Callable<Integer> {

    private static final String COLUMNS = "%-9s  %-37s  %8s  %9s  %-20s  %s%n";

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = DataOptions.LogConverter.class,
            description = "Only this log, as region:shard.")
    private @Nullable LogId only;

    @Mixin
    private CommonOptions common = new CommonOptions();

    QuarantineListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        Collection<LogId> logs = only == null ? stored.logs() : List.of(Arguments.log(stored, only).log());
        boolean any = false;
        for (LogId log : logs) {
            QuarantineListing listing = stored.log(log).keptAside();
            for (KeptSegment kept : listing.kept()) {
                header(any);
                any = true;
                print(log, kept);
            }
            listing.damaged()
                    .forEach(name -> console.warning("log " + log + ": " + name
                            + " in its quarantine belongs to no segment, or cannot be read"));
        }
        if (!any && !common.json()) {
            console.out().println("nothing is kept aside");
        }
        return Exit.OK;
    }

    private void header(boolean printed) {
        if (!printed && !common.json()) {
            console.out()
                    .print(console.paint()
                            .dim(String.format(COLUMNS, "log", "name", "times", "size", "last seen", "cause")));
        }
    }

    private void print(LogId log, KeptSegment kept) {
        if (common.json()) {
            Json.line(console, new Row(log.toString(), KeptJson.of(kept)));
            return;
        }
        console.out()
                .printf(
                        COLUMNS,
                        log,
                        kept.name(),
                        Figures.count(kept.count()),
                        kept.bytesKept() ? Figures.bytes(kept.sizeBytes()) : "not kept",
                        kept.lastSeen().truncatedTo(ChronoUnit.SECONDS),
                        Plain.text(kept.cause()));
    }

    private record Row(String log, KeptJson kept) {}
}
