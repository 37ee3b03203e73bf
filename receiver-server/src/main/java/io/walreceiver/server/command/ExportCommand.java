package io.walreceiver.server.command;

import ch.qos.logback.classic.Level;
import io.walreceiver.log.LogState;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.CsvExport;
import io.walreceiver.server.replay.LogEnd;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;

/** Writes what is stored to a CSV file. */
@Command(
        name = "export",
        sortOptions = false,
        description = {
            "Write every pair of a data directory to a CSV file, as replay --export does.",
            "",
            DataOptions.NO_LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:everything that is stored was written",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            "3:events that were durable cannot be read; what lies before them was written"
        },
        footer = {
            "",
            "With --json one document: file, events, pairs, seconds, complete, logs (log, state, applied, cause), findings"
                    + " (log, kind, text)."
        })
final class ExportCommand implements Callable<Integer> {

    private static final int TRIES = 20;

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The CSV file to write: " + CsvExport.HEADER + ".")
    private Path out = Path.of("");

    @Option(
            names = "--at",
            paramLabel = "TIME",
            converter = ReadAt.Converter.class,
            description = "As of when: " + ReadAt.HELP + ". Default: now.")
    private @Nullable ReadAt at;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        Exporting.check("--out", out);
        boolean inUse;
        DataInUse reading;
        Replayed recovered;
        int tries = 0;
        do {
            inUse = stored.use() == StoredData.Use.IN_USE; // before it is read: a receiver may stop meanwhile
            reading = DataInUse.readOnly(console, stored);
            recovered = read(reading);
        } while (inUse && ioFailed(recovered) && ++tries < TRIES);
        if (!inUse) {
            reading.warn(); // while a receiver works there, what it is writing just now looks torn
        }
        new Exporting(console).run(recovered.ledger(), out, at);
        report(recovered, reading);
        return new StoppedLogs(console, segment -> List.of()).tell(recovered);
    }

    private static Replayed read(DataInUse reading) {
        return Quiet.run(
                Level.OFF,
                () -> reading.replay(outcome -> {}).run(Transport.of(Flux.empty()), () -> 0, reading::showRecovery));
    }

    /** A receiver that works there may have dropped a file that was about to be read: there is a newer checkpoint then. */
    private static boolean ioFailed(Replayed recovered) {
        return recovered.logs().stream().anyMatch(log -> log.trouble().equals(Optional.of(LogState.IO_FAILED)));
    }

    private void report(Replayed recovered, DataInUse reading) {
        if (common.json()) {
            Json.document(
                    console,
                    new Document(
                            out.toString(),
                            recovered.eventsThereAlready(),
                            recovered.ledger().pairs(),
                            recovered.seconds(),
                            recovered.complete(),
                            recovered.logs().stream().map(ExportCommand::log).toList(),
                            reading.findings().stream().map(FindingJson::of).toList()));
            return;
        }
        console.out()
                .println("read " + console.paint().bold(Figures.counted(recovered.eventsThereAlready(), "event"))
                        + " of "
                        + Figures.counted(recovered.logs().size(), "log") + " in "
                        + Figures.seconds(recovered.seconds())
                        + "; " + Figures.counted(recovered.ledger().pairs(), "pair"));
    }

    private static Log log(LogEnd log) {
        return new Log(log.log().toString(), log.state(), log.applied(), log.cause());
    }

    private record Document(
            String file,
            long events,
            long pairs,
            double seconds,
            boolean complete,
            List<Log> logs,
            List<FindingJson> findings) {}

    private record Log(String log, String state, long applied, Optional<String> cause) {}
}
