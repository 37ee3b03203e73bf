package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.admin.CheckpointMade;
import io.walreceiver.server.admin.CheckpointsMade;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
            DataOptions.LOCK_OR_SERVER
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
    private SecurityOptions security = new SecurityOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    CheckpointCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        Made made = RunningServer.orHere(
                data,
                security,
                () -> here(stored),
                server -> new Made(
                        server.post("/v1/admin/checkpoint", Map.of(), CheckpointsMade.class, "DATA")
                                .logs(),
                        Exit.OK));
        made.logs().forEach(this::print);
        if (made.logs().isEmpty() && !common.json()) {
            console.out().println("no log is stored yet");
        }
        return made.exit();
    }

    private record Made(List<CheckpointMade> logs, int exit) {}

    private Made here(StoredData stored) throws IOException {
        Map<LogId, Long> before = CheckpointMade.bytes(stored);
        DataInUse inUse = DataInUse.under(console, stored, stored.schema());
        LocalAudit audit = new LocalAudit(stored);
        Replayed recovered =
                new Offline(inUse).run(receiver -> audit.around("checkpoint", Map.of(), receiver.checkpoint()));
        inUse.warn();
        int exit = new StoppedLogs(console, segment -> List.of()).tell(recovered);
        return new Made(CheckpointMade.since(before, stored), exit);
    }

    private void print(CheckpointMade row) {
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
}
