package io.walreceiver.server.command;

import io.walreceiver.OutcomeCounts;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.CsvExport;
import io.walreceiver.server.replay.LogEnd;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.storage.CommitPolicy;
import java.io.IOException;
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
            "Several directories are read as one: a log may be spread over them, and may overlap.",
            "",
            "With --data what was applied is kept in a directory, and the next run goes on from there: nothing is applied"
                    + " twice, whatever stopped the run before."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:everything was applied", Exit.FAILED_TEXT, Exit.USAGE_TEXT, Exit.INCOMPLETE_TEXT},
        footer = {
            "",
            "With --json one object per line and repeat: repeat, events, segments, outcomes (counts by kind: applied,"
                    + " duplicate, refused, deferred, abandoned), bytes, seconds, eventsPerSecond, bytesPerSecond, pairs,"
                    + " complete, logs (log, state, received, applied, cause); with --data also eventsThereAlready and"
                    + " findings (log, kind, text) of the recovery."
        })
final class ReplayCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Directories with files named wal-{region}-{shard}-{seqno}.seg.")
    private List<Path> directories = List.of();

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "The signal types, YAML or JSON. With --data they are stored at the first run, and may be left out later.")
    private @Nullable Path schemaFile;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description =
                    "Keep logs and checkpoints in this directory, which is made if need be, and go on from there.")
    private @Nullable Path data;

    @Option(
            names = "--commit",
            paramLabel = "WHEN",
            converter = CommitConverter.class,
            description =
                    "With --data: when what was applied is made durable: commit (at once, the default), or how long"
                            + " to gather before, such as 100ms.")
    private @Nullable CommitPolicy commit;

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
        checkData();
        Optional<SignalSchema> schema = schema();
        checkExport();
        DirectoryReplay replay = new DirectoryReplay(console, directories);
        return data == null ? inMemory(replay, schema.orElseThrow()) : durable(replay, data, schema);
    }

    private Optional<SignalSchema> schema() throws IOException {
        return schemaFile == null
                ? Optional.empty()
                : Optional.of(SchemaFile.load(Arguments.file(schemaFile)).schema());
    }

    private int inMemory(DirectoryReplay replay, SignalSchema schema) throws IOException {
        int exit = Exit.OK;
        for (int repeat = 1; repeat <= repeats; repeat++) {
            Replayed replayed = replay.run(schema);
            report(repeat, replayed, Optional.empty());
            if (repeat == repeats) {
                exit = finish(replay, replayed);
            }
        }
        return exit;
    }

    private int durable(DirectoryReplay replay, Path directory, Optional<SignalSchema> schema) throws IOException {
        DataInUse stored =
                DataInUse.replayedInto(console, directory, schema, commit == null ? CommitPolicy.commit() : commit);
        Replayed replayed = replay.run(stored);
        stored.warn();
        report(1, replayed, Optional.of(stored));
        return finish(replay, replayed);
    }

    private int finish(DirectoryReplay replay, Replayed replayed) throws IOException {
        if (export != null) {
            new Exporting(console).run(replayed.ledger(), export, at);
        }
        return replay.tell(replayed);
    }

    private void checkData() {
        if (data == null) {
            if (schemaFile == null) {
                throw CommandFailure.usage(
                        "--schema: it is missing", "add --schema FILE; see " + Shell.command("receiver replay --help"));
            }
            if (commit != null) {
                throw CommandFailure.usage(
                        "--commit: nothing is made durable without --data", "add --data DATA, or leave --commit out");
            }
        } else if (repeats > 1) {
            throw CommandFailure.usage(
                    "--repeat: with --data nothing is applied twice, so there is nothing to repeat",
                    "leave --repeat or --data out");
        }
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
        Exporting.check("--export", export);
    }

    private void report(int repeat, Replayed replayed, Optional<DataInUse> stored) {
        if (common.json()) {
            Json.line(console, summary(repeat, replayed, stored));
            return;
        }
        String which = repeats > 1 ? repeat + "/" + repeats + "  " : "";
        console.out()
                .println(which + "applied " + console.paint().bold(Figures.counted(replayed.events(), "event")) + " of "
                        + Figures.counted(replayed.report().outcomes().applied(), "segment") + " and "
                        + Figures.counted(replayed.report().status().logs().size(), "log") + " in "
                        + Figures.seconds(replayed.seconds()) + "  (" + rates(replayed, stored.isPresent()) + ")"
                        + others(replayed));
        console.out().flush();
    }

    /** How fast; of what was there already, that it was. */
    private static String rates(Replayed replayed, boolean stored) {
        String there = Figures.count(replayed.eventsThereAlready()) + " were there already";
        String rates = Figures.count(Math.round(replayed.eventsPerSecond())) + " events/s, "
                + Figures.bytes(replayed.bytesPerSecond()) + "/s";
        if (!stored || replayed.eventsThereAlready() == 0) {
            return rates;
        }
        return replayed.events() == 0 ? there : rates + "; " + there;
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

    private static Summary summary(int repeat, Replayed replayed, Optional<DataInUse> stored) {
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
                replayed.logs().stream().map(ReplayCommand::log).toList(),
                stored.map(data -> replayed.eventsThereAlready()),
                stored.map(data -> data.findings().stream().map(FindingJson::of).toList()));
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
            List<Log> logs,
            Optional<Long> eventsThereAlready,
            Optional<List<FindingJson>> findings) {}

    private record Log(String log, String state, long received, long applied, Optional<String> cause) {}
}
