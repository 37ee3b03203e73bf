package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.quarantine.KeptSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drops refused segments. */
@Command(
        name = "drop",
        sortOptions = false,
        description = {
            "Drop a refused segment that is kept aside, or with --all every one, whatever their logs wait for.",
            "",
            DataOptions.LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {"", "With --json one object per line and dropped segment: log, kept (as for quarantine ls)."})
final class QuarantineDropCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Its name, as quarantine ls shows it, or the start of it.")
    private @Nullable String name;

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = DataOptions.LogConverter.class,
            description = "Only of this log, as region:shard.")
    private @Nullable LogId log;

    @Option(names = "--all", description = "Drop all that is kept aside, of the log or of all logs.")
    private boolean all;

    @Mixin
    private CommonOptions common = new CommonOptions();

    QuarantineDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if ((name == null) != all) {
            throw CommandFailure.usage(
                    all ? "--all: a name was given too" : "NAME is missing",
                    "name one of those that " + Shell.command("receiver quarantine ls")
                            + " shows, or give --all alone");
        }
        Arguments.data(data);
        try (LockedData locked = LockedData.take(data)) {
            List<KeptAside> dropped =
                    name == null ? everything(locked.stored()) : List.of(KeptAside.named(locked.stored(), log, name));
            for (KeptAside one : dropped) {
                locked.drop(one.log().log(), one.kept());
                report(one);
            }
            if (dropped.isEmpty() && !common.json()) {
                console.out().println("nothing is kept aside");
            }
        }
        return Exit.OK;
    }

    private List<KeptAside> everything(StoredData stored) throws IOException {
        Collection<LogId> logs = log == null ? stored.logs() : List.of(Arguments.log(stored, log).log());
        List<KeptAside> all = new ArrayList<>();
        for (LogId one : logs) {
            for (KeptSegment kept : stored.log(one).keptAside().kept()) {
                all.add(new KeptAside(stored.log(one), kept));
            }
        }
        return all;
    }

    private void report(KeptAside dropped) {
        if (common.json()) {
            Json.line(console, new Row(dropped.log().log().toString(), KeptJson.of(dropped.kept())));
        } else {
            console.out().println("dropped " + dropped.kept().name() + " of log " + dropped.log().log());
        }
    }

    private record Row(String log, KeptJson kept) {}
}
