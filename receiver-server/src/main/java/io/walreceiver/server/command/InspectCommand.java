package io.walreceiver.server.command;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.verify.FileCheck;
import io.walreceiver.server.verify.HeaderIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a segment file. */
@Command(
        name = "inspect",
        sortOptions = false,
        description = {
            "Show what is in a segment file: its id, its batches, and with --events every event.",
            "",
            "A broken file is shown as far as it can be read; where no batch can be read, it says why and goes on at the"
                    + " next place that looks like one."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:the segment is intact", "1:the segment is corrupt", Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one document: file, id, idFrom, bytes, events, verdict, fault, batches (index, offset, version,"
                    + " region, shard, firstSeq, events, batchTimeNanos, batchTime, checksum, follows, and with --events"
                    + " items), unreadable (index, offset, length, reason)."
        })
final class InspectCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "FILE", description = "A segment file.")
    private Path file = Path.of("");

    @Option(names = "--events", description = "Show every event.")
    private boolean events;

    @Mixin
    private CommonOptions common = new CommonOptions();

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        byte[] bytes = Files.readAllBytes(Arguments.file(file));
        Optional<WalSegmentId> named = FileCheck.of(file).id();
        Optional<WalSegmentId> id = named.or(() -> HeaderIdentity.of(bytes));
        Inspection inspection = Inspection.of(file.toString(), id, named.isPresent() ? "file name" : "headers", bytes);
        if (common.json()) {
            Json.document(console, inspection.json(events));
        } else {
            inspection.print(console, events);
        }
        return inspection.fault().isEmpty() ? Exit.OK : Exit.FAILED;
    }
}
