package io.walreceiver.server.command;

import io.walreceiver.OutcomeCounts;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.CsvExport;
import io.walreceiver.server.replay.LaterPairs;
import io.walreceiver.server.replay.LogEnd;
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
            converter = ReadAt.Converter.class,
            description = "With --export: as of when, " + ReadAt.HELP + ". Default: now.")
    private @Nullable ReadAt at;

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
                    "--repeat: found " + repeats + ", expected 1 or more",
                    "see " + Shell.command("receiver replay --help"));
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
            export(replayed.ledger(), export);
        }
        return replay.tell(replayed);
    }

    private void export(InMemorySignalLedger ledger, Path file) throws IOException {
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

    /** Before the replay, which may take long. */
    private void checkExport() {
        if (export == null) {
            if (at != null) {
                throw CommandFailure.usage(
                        "--at: nothing is read without --export",
                        "add --export FILE, or leave --at out; " + Shell.command("receiver top") + " has --at too");
            }
            return;
        }
        Path directory = export.toAbsolutePath().getParent();
        if (Files.isDirectory(export) || directory == null) {
            throw CommandFailure.usage("--export: " + export + " is a directory", "name a file");
        }
        if (!Files.exists(directory)) {
            throw CommandFailure.usage("--export: there is no directory " + directory, "create it, or name another");
        }
        Arguments.writable("--export", directory);
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
                replayed.logs().stream().map(ReplayCommand::log).toList());
    }

    private static Log log(LogEnd log) {
        return new Log(log.log().toString(), log.state(), log.received(), log.applied(), log.cause());
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
