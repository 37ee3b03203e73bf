package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a checkpoint of every log. */
@Command(
        name = "checkpoint",
        sortOptions = false,
        description = {
            "Recover a data directory, and make a checkpoint of every log, so that the next start has no log to replay.",
            "",
            DataOptions.LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            Exit.OK_TEXT,
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            "3:a log could not be recovered in full; the others have their checkpoints"
        },
        footer = {
            "",
            "With --json one object per line and log: log, checkpoint (position, number, bytes, file; left out where the log"
                    + " holds nothing), droppedBytes."
        })
final class CheckpointCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    CheckpointCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        Map<LogId, Long> before = new HashMap<>();
        for (LogId log : stored.logs()) {
            before.put(log, bytes(stored, log));
        }
        DataInUse inUse = DataInUse.under(console, stored, stored.schema());
        Replayed recovered = new Offline(inUse).run(receiver -> receiver.checkpoint());
        inUse.warn();
        List<Row> rows = new ArrayList<>();
        for (LogId log : stored.logs()) {
            Optional<Checkpoint> newest = stored.log(log).checkpoints().stream().findFirst();
            long dropped = Math.max(0, before.getOrDefault(log, 0L) - bytes(stored, log));
            rows.add(new Row(log.toString(), newest.map(CheckpointJson::of), dropped));
        }
        rows.forEach(this::print);
        if (rows.isEmpty() && !common.json()) {
            console.out().println("no log is stored yet");
        }
        return new StoppedLogs(console, segment -> List.of()).tell(recovered);
    }

    private static long bytes(StoredData stored, LogId log) throws IOException {
        return stored.log(log).files().stream().mapToLong(LogFile::sizeBytes).sum();
    }

    private void print(Row row) {
        if (common.json()) {
            Json.line(console, row);
            return;
        }
        console.out()
                .println("log " + row.log() + ": "
                        + row.checkpoint()
                                .map(one ->
                                        "checkpoint at event " + console.paint().bold(Figures.count(one.position()))
                                                + ", " + Figures.bytes(one.bytes()) + "; "
                                                + Figures.bytes(row.droppedBytes()) + " of log files dropped")
                                .orElse("nothing to checkpoint"));
    }

    private record Row(String log, Optional<CheckpointJson> checkpoint, long droppedBytes) {}
}
