package io.walreceiver.server.command;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.CsvExport;
import io.walreceiver.server.replay.LaterPairs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes a ledger to a CSV file for a command, and says on standard error what it wrote. */
final class Exporting {

    private final Console console;

    Exporting(Console console) {
        this.console = console;
    }

    /** Whether the file can be written, before anything that may take long. */
    static void check(String option, Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || directory == null) {
            throw CommandFailure.usage(option + ": " + file + " is a directory", "name a file");
        }
        if (!Files.exists(directory)) {
            throw CommandFailure.usage(option + ": there is no directory " + directory, "create it, or name another");
        }
        Arguments.writable(option, directory);
    }

    /**
     * Writes it.
     *
     * @param at as of when; null for now
     */
    void run(InMemorySignalLedger ledger, Path file, @Nullable ReadAt at) throws IOException {
        long now = (at == null ? new ReadAt.Now() : at).nanos(ledger);
        CsvExport.write(ledger, now, file);
        if (ledger.pairs() == 0) {
            console.err().println("exported to " + file + ": no events were applied");
            return;
        }
        console.err().println("exported to " + file + " as of " + Figures.instant(now));
        LaterPairs.of(ledger, now)
                .ifPresent(later -> console.err()
                        .println("note: " + Figures.count(later.later()) + " of " + Figures.count(later.pairs())
                                + " pairs have later events; each of them was written as of its newest event"));
    }
}
