package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.admin.KeptDropped;
import io.walreceiver.server.admin.KeptJson;
import io.walreceiver.server.console.Console;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.quarantine.KeptSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
            DataOptions.LOCK_OR_SERVER
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
    private SecurityOptions security = new SecurityOptions();

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
        List<KeptDropped> dropped = RunningServer.orHere(data, security, this::here, this::there);
        dropped.forEach(this::report);
        if (dropped.isEmpty() && !common.json()) {
            console.out().println("nothing is kept aside");
        }
        return Exit.OK;
    }

    private List<KeptDropped> here() throws IOException {
        try (LockedData locked = LockedData.take(data)) {
            LocalAudit audit = new LocalAudit(locked.stored());
            List<KeptDropped> dropped = new ArrayList<>();
            for (KeptAside one : wanted(locked.stored())) {
                LogId of = one.log().log();
                audit.around(
                        "quarantine drop", Map.of("log", of, "name", one.kept().name()), () -> {
                            locked.drop(of, one.kept());
                            return dropped.add(new KeptDropped(of.toString(), KeptJson.of(one.kept())));
                        });
            }
            return dropped;
        }
    }

    private List<KeptDropped> there(RunningServer server) throws IOException {
        List<KeptDropped> dropped = new ArrayList<>();
        for (KeptAside one : wanted(StoredData.in(data))) {
            LogId of = one.log().log();
            dropped.add(server.delete(
                    "/v1/admin/logs/" + of.region() + "/" + of.shard() + "/quarantine/"
                            + one.kept().name(),
                    KeptDropped.class));
        }
        return dropped;
    }

    private List<KeptAside> wanted(StoredData stored) throws IOException {
        return name == null ? everything(stored) : List.of(KeptAside.named(stored, log, name));
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

    private void report(KeptDropped dropped) {
        if (common.json()) {
            Json.line(console, dropped);
        } else {
            console.out().println("dropped " + dropped.kept().name() + " of log " + dropped.log());
        }
    }
}
