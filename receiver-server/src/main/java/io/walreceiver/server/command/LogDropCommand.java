package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drops a log. */
@Command(
        name = "drop",
        sortOptions = false,
        description = {
            "Drop all that is stored of a log: its events, checkpoints and skips, and what is kept aside.",
            "",
            "If the log is sent again, it starts from event 1. " + DataOptions.LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:nothing of the log is stored any more", Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {"", "With --json one document: log, files, bytes (those of its durable log)."})
final class LogDropCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "LOG",
            converter = DataOptions.LogConverter.class,
            description = "The log, as region:shard.")
    private LogId log = new LogId(0, 0);

    @Option(names = "--yes", description = "Really do it: it cannot be undone.")
    private boolean yes;

    @Mixin
    private CommonOptions common = new CommonOptions();

    LogDropCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Arguments.log(Arguments.data(data), log);
        if (!yes) {
            throw CommandFailure.usage(
                    "log drop cannot be undone, and nothing was done", "add --yes to drop log " + log + " of " + data);
        }
        try (LockedData locked = taken()) {
            StoredLog stored = Arguments.log(locked.stored(), log);
            long files = stored.files().size();
            long bytes = stored.files().stream().mapToLong(LogFile::sizeBytes).sum();
            new LocalAudit(locked.stored()).around("log drop", Map.of("log", log), () -> {
                locked.drop(log);
                return log;
            });
            if (common.json()) {
                Json.document(console, new Document(log.toString(), files, bytes));
            } else {
                console.out()
                        .println("dropped log " + log + ": " + Figures.counted(files, "file") + ", "
                                + Figures.bytes(bytes));
            }
        }
        return Exit.OK;
    }

    private LockedData taken() {
        try {
            return LockedData.take(data);
        } catch (StorageException e) {
            throw RunningServer.mustStop(
                    e, "a log cannot be dropped while a receiver writes it, applies it and answers from it");
        }
    }

    private record Document(String log, long files, long bytes) {}
}
