package io.walreceiver.server.command;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.CsvExport;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.SchemaFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays directories into memory. */
@Command(
        name = "replay",
        sortOptions = false,
        description = {
            "Replay directories of segments into an empty ledger in memory: verified, in order, each event once.",
            "",
            "Several directories are read as one: a log may be spread over them, and may overlap."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:everything was applied", Exit.FAILED_TEXT, Exit.USAGE_TEXT, Exit.INCOMPLETE_TEXT},
        footer = {
            "",
            "With --json one object per line and repeat: repeat, events, segments, outcomes (counts by kind: applied,"
                    + " duplicate, refused, deferred, abandoned), bytes, seconds, eventsPerSecond, bytesPerSecond, pairs,"
                    + " complete, logs (log, state, received, applied, cause)."
        })
final class ReplayCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Directories with files named wal-{region}-{shard}-{seqno}.seg.")
    private List<Path> directories = List.of();

    @Option(names = "--schema", paramLabel = "FILE", required = true, description = "The signal types, YAML or JSON.")
    private Path schemaFile = Path.of("");

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description = "Write every pair to a CSV file: " + CsvExport.HEADER + ".")
    private @Nullable Path export;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            defaultValue = "now",
            converter = ReadAt.Converter.class,
            description = "Read scores and counts as of: " + ReadAt.HELP + ". Default: ${DEFAULT-VALUE}.")
    private ReadAt at = new ReadAt.Now();

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Replay so many times, each into an empty ledger, and report each. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (repeats < 1) {
            throw CommandFailure.usage(
                    "--repeat: found " + repeats + ", expected 1 or more", "see receiver replay --help");
        }
        SchemaFile schema = SchemaFile.load(Arguments.file(schemaFile));
        checkExport();
        DirectoryReplay replay = new DirectoryReplay(console, directories);
        int exit = Exit.OK;
        for (int repeat = 1; repeat <= repeats; repeat++) {
            Replayed replayed = replay.run(schema.schema());
            report(repeat, replayed);
            if (repeat == repeats) {
                exit = finish(replay, replayed);
            }
        }
        return exit;
    }

    private int finish(DirectoryReplay replay, Replayed replayed) throws IOException {
        if (export != null) {
            long now = at.nanos(replayed.ledger());
            CsvExport.write(replayed.ledger(), now, export);
            console.err().println("exported to " + export + " as of " + Figures.instant(now));
        }
        return replay.tell(replayed);
    }

    /** Before the replay, which may take long. */
    private void checkExport() {
        if (export == null) {
            return;
        }
        Path directory = export.toAbsolutePath().getParent();
        if (Files.isDirectory(export) || directory == null) {
            throw CommandFailure.usage("--export: " + export + " is a directory", "name a file");
        }
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw CommandFailure.usage(
                    "--export: " + directory + " is not a directory that can be written to",
                    "create it, or name another");
        }
    }

    private void report(int repeat, Replayed replayed) {
        if (common.json()) {
            Json.line(console, summary(repeat, replayed));
            return;
        }
        String which = repeats > 1 ? repeat + "/" + repeats + "  " : "";
        console.out()
                .println(which + "applied " + console.paint().bold(Figures.counted(replayed.events(), "event")) + " of "
                        + Figures.counted(replayed.report().outcomes().applied(), "segment") + " and "
                        + Figures.counted(replayed.report().status().logs().size(), "log") + " in "
                        + Figures.seconds(replayed.seconds()) + "  ("
                        + Figures.count(Math.round(replayed.eventsPerSecond())) + " events/s, "
                        + Figures.bytes(replayed.bytesPerSecond()) + "/s)" + others(replayed));
        console.out().flush();
    }

    /** Outcomes other than applied, if any. */
    private static String others(Replayed replayed) {
        Map<String, Long> counts = outcomes(replayed);
        counts.remove("applied");
        counts.values().removeIf(count -> count == 0);
        return counts.isEmpty()
                ? ""
                : "; "
                        + counts.entrySet().stream()
                                .map(entry -> Figures.count(entry.getValue()) + " " + entry.getKey())
                                .collect(Collectors.joining(", "));
    }

    private static Map<String, Long> outcomes(Replayed replayed) {
        OutcomeCounts counts = replayed.report().outcomes();
        Map<String, Long> byKind = new LinkedHashMap<>();
        byKind.put("applied", counts.applied());
        byKind.put("duplicate", counts.duplicate());
        byKind.put("refused", counts.refused());
        byKind.put("deferred", counts.deferred());
        byKind.put("abandoned", counts.abandoned());
        return byKind;
    }

    private static Summary summary(int repeat, Replayed replayed) {
        return new Summary(
                repeat,
                replayed.events(),
                replayed.segments(),
                outcomes(replayed),
                replayed.bytes(),
                replayed.seconds(),
                replayed.eventsPerSecond(),
                replayed.bytesPerSecond(),
                replayed.ledger().pairs(),
                replayed.complete(),
                replayed.report().status().logs().stream()
                        .map(ReplayCommand::log)
                        .toList());
    }

    private static Log log(LogStatus log) {
        return new Log(log.log().toString(), log.state().toString(), log.received(), log.applied(), log.cause());
    }

    private record Summary(
            int repeat,
            long events,
            long segments,
            Map<String, Long> outcomes,
            long bytes,
            double seconds,
            double eventsPerSecond,
            double bytesPerSecond,
            long pairs,
            boolean complete,
            List<Log> logs) {}

    private record Log(String log, String state, long received, long applied, Optional<String> cause) {}
}
