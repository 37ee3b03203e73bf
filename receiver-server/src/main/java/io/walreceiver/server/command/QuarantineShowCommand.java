package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.admin.KeptJson;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.output.NewFile;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.quarantine.KeptSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a refused segment. */
@Command(
        name = "show",
        sortOptions = false,
        description = {
            "Show a refused segment that is kept aside: when and why it was refused, and what inspect says of its bytes.",
            "",
            DataOptions.NO_LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one document: log, kept (as for quarantine ls), inspect (as for inspect; left out where the bytes are"
                    + " not kept)."
        })
final class QuarantineShowCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(index = "0", paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description = "Its name, as quarantine ls shows it, or the start of it.")
    private String name = "";

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = DataOptions.LogConverter.class,
            description = "The log, as region:shard; needed where several have a segment of that name.")
    private @Nullable LogId log;

    @Option(names = "--out", paramLabel = "FILE", description = "Save the bytes to this file.")
    private @Nullable Path out;

    @Option(names = "--events", description = "Show every event.")
    private boolean events;

    @Mixin
    private CommonOptions common = new CommonOptions();

    QuarantineShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        if (out != null) {
            Exporting.check("--out", out);
        }
        KeptAside found = KeptAside.named(stored, log, name);
        Optional<WalSegmentPayload> bytes = found.log().bytes(found.kept());
        if (out != null) {
            save(bytes, out);
        }
        Optional<Inspection> inspection = bytes.map(
                payload -> Inspection.of(found.kept().name(), Optional.of(payload.id()), "sender", payload.bytes()));
        if (common.json()) {
            Json.document(
                    console,
                    new Document(
                            found.log().log().toString(),
                            KeptJson.of(found.kept()),
                            inspection.map(one -> one.json(events))));
            return Exit.OK;
        }
        print(found);
        inspection.ifPresent(one -> {
            console.out().println();
            one.print(console, events);
        });
        return Exit.OK;
    }

    private void save(Optional<WalSegmentPayload> bytes, Path file) throws IOException {
        WalSegmentPayload payload = bytes.orElseThrow(
                () -> CommandFailure.failed("the bytes are not kept", "leave --out away; the text is all there is"));
        NewFile.write(file, stream -> stream.write(payload.bytes()));
        console.err().println("saved to " + file);
    }

    private void print(KeptAside found) {
        KeptSegment kept = found.kept();
        line("log", found.log().log().toString());
        line("segment", kept.segment() + ", " + Figures.counted(kept.eventCount(), "event") + " as the sender claimed");
        line("cause", Plain.text(kept.cause()));
        line(
                "seen",
                Figures.count(kept.count())
                        + (kept.count() == 1 ? " time, at " : " times, first at ")
                        + kept.firstSeen()
                        + (kept.count() == 1 ? "" : ", last at " + kept.lastSeen()));
        line("size", Figures.count(kept.sizeBytes()) + " bytes" + (kept.bytesKept() ? "" : ", which are not kept"));
        line("blake3", kept.blake3());
    }

    private void line(String what, String value) {
        console.out().println(console.paint().bold(String.format("%-8s", what)) + value);
    }

    private record Document(String log, KeptJson kept, Optional<Inspection.Document> inspect) {}
}
