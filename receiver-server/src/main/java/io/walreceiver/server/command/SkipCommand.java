package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.admin.SkipJson;
import io.walreceiver.server.admin.SkipMade;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.records.Skip;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives up events of a log. */
@Command(
        name = "skip",
        sortOptions = false,
        description = {
            "Give up the events that a log waits for, when nobody has them any more: the log goes on after them.",
            "",
            "The skip is on record for ever, and status shows it. " + DataOptions.LOCK_OR_SERVER
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:the skip is on record", Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one document: log, skip (from, through, at, reason), keptAside (what quarantine ls shows of these"
                    + " events)."
        })
final class SkipCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Option(
            names = "--log",
            paramLabel = "LOG",
            required = true,
            converter = DataOptions.LogConverter.class,
            description = "The log, as region:shard.")
    private LogId log = new LogId(0, 0);

    @Option(
            names = "--through",
            paramLabel = "POSITION",
            required = true,
            description = "The last event that is given up; the first is the one that the log waits for.")
    private long through;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for whoever reads it later.")
    private String reason = "";

    @Mixin
    private SecurityOptions security = new SecurityOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    SkipCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (reason.isBlank()) {
            throw CommandFailure.usage("--reason: it is empty", "say why, for whoever looks at the hole in a year");
        }
        Arguments.data(data);
        report(RunningServer.orHere(
                data,
                security,
                this::here,
                server -> server.post(
                        "/v1/admin/logs/" + log.region() + "/" + log.shard() + "/skip",
                        Map.of("through", through, "reason", reason),
                        SkipMade.class,
                        "--through")));
        return Exit.OK;
    }

    private SkipMade here() throws IOException {
        try (LockedData locked = LockedData.take(data)) {
            return new LocalAudit(locked.stored())
                    .around("skip", Map.of("log", log, "through", through, "reason", reason), () -> {
                        Skip skip = skip(locked);
                        return SkipMade.of(
                                log, skip, locked.stored().log(log).keptAside().kept());
                    });
        }
    }

    private Skip skip(LockedData locked) throws IOException {
        try {
            return locked.skip(log, through, reason);
        } catch (IllegalArgumentException e) { // nothing was changed
            throw CommandFailure.usage(
                    "--through: " + e.getMessage(), Shell.command("receiver status") + " shows where each log ends");
        }
    }

    private void report(SkipMade made) {
        if (common.json()) {
            Json.document(console, made);
            return;
        }
        SkipJson skip = made.skip();
        console.out()
                .println("log " + log + ": events " + skip.from() + ".." + skip.through() + " are given up ("
                        + console.paint().bold(Figures.counted(skip.through() - skip.from() + 1, "event"))
                        + "); it goes on with event " + (skip.through() + 1));
        made.keptAside()
                .forEach(one -> console.out()
                        .println("  a refused copy is kept aside: " + one.name() + ": " + Plain.text(one.cause())));
    }
}
