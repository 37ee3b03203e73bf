package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.replay.LogComparison;
import io.walreceiver.server.replay.LogComparison.Result;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares two data directories. */
@Command(
        name = "diff",
        sortOptions = false,
        description = {
            "Compare what two data directories hold, log by log: every event that both still hold, and every pair at the same"
                    + " position.",
            "",
            DataOptions.NO_LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:all that both hold is equal",
            "1:something differs, or failed",
            Exit.USAGE_TEXT,
            "3:nothing differs, but something cannot be compared"
        },
        footer = {
            "",
            "With --json one object per line and log: log, verdict (equal, different, not comparable), text, eventsCompared,"
                    + " pairsCompared, position (at which the pairs were compared)."
        })
final class DiffCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = "DATA_A", description = "A data directory.")
    private Path one = Path.of("");

    @Parameters(index = "1", paramLabel = "DATA_B", description = "Another.")
    private Path other = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    DiffCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData a = Arguments.data(one);
        StoredData b = Arguments.data(other);
        SortedSet<LogId> logs = new TreeSet<>(a.logs());
        logs.addAll(b.logs());
        int exit = Exit.OK;
        for (LogId log : logs) {
            Result result = Quiet.runIo(() -> new LogComparison(a, b, log).run());
            print(log, result);
            exit = worse(exit, result);
        }
        if (logs.isEmpty() && !common.json()) {
            console.out().println("neither holds a log");
        }
        return exit;
    }

    /** What differs outweighs what cannot be compared. */
    private static int worse(int exit, Result result) {
        return switch (result.verdict()) {
            case EQUAL -> exit;
            case DIFFERENT -> Exit.DIFFERENT;
            case NOT_COMPARABLE -> exit == Exit.DIFFERENT ? exit : Exit.NOT_COMPARABLE;
        };
    }

    private void print(LogId log, Result result) {
        if (common.json()) {
            Json.line(
                    console,
                    new Row(
                            log.toString(),
                            result.verdict().toString(),
                            result.text(),
                            result.eventsCompared(),
                            result.pairsCompared(),
                            result.position()));
            return;
        }
        String verdict = result.verdict().toString();
        console.out()
                .println("log " + log + ": "
                        + (result.verdict() == LogComparison.Verdict.EQUAL
                                ? console.paint().green(verdict)
                                : console.paint().red(verdict))
                        + ": " + result.text());
        console.out().flush();
    }

    private record Row(
            String log, String verdict, String text, long eventsCompared, long pairsCompared, long position) {}
}
