package io.walreceiver.server.command;

import io.walreceiver.OutcomeCounts;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.Paint;
import io.walreceiver.server.demo.BadNetwork;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.replay.Replay;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what the receiver does, with data that everybody can judge. */
@Command(
        name = "demo",
        sortOptions = false,
        description = {
            "See it work, on real data that travels with the program: the public git history of reactor/reactor-core as"
                    + " signals on its files. Nothing else is needed; it takes seconds.",
            "",
            "To make it harder, every segment is delivered twice, in random order, and before one of them comes a damaged copy."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:everything was applied, each event once",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.INCOMPLETE_TEXT
        },
        footer = {
            "",
            "With --json one document: deliveries, applied, duplicate, refused, logs, events, eventsExpected, files, bytes,"
                    + " seconds, eventsPerSecond, complete, asOfNanos, asOf, touch, churn, touchedInTheLastWeek, touchedOfAllTime (each: rank,"
                    + " entity, name, score, allTime, count1h, count24h, count7d, asOf)."
        })
final class DemoCommand implements Callable<Integer> {

    private static final int SHOWN = 7;
    private static final int SHOWN_BRIEFLY = 5;

    private final Console console;

    @Option(
            names = "--unpack",
            paramLabel = "DIR",
            description = "Write the data set into this directory instead, for the other commands to be tried on.")
    private @Nullable Path unpack;

    @Mixin
    private CommonOptions common = new CommonOptions();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        return unpack == null ? show() : unpackInto(unpack);
    }

    private int show() throws IOException {
        SignalSchema schema = SchemaFile.parse(DemoData.SCHEMA, DemoData.text(DemoData.SCHEMA));
        EntityNames names = EntityNames.parse("entities.csv", DemoData.text("entities.csv"));
        List<WalSegmentPayload> segments = DemoData.segments();
        BadNetwork network = BadNetwork.delivering(segments);
        long bytes =
                segments.stream().mapToLong(segment -> segment.bytes().length).sum();
        List<Refused> refused = new ArrayList<>();
        Replay replay = new Replay(schema, outcome -> {
            if (outcome instanceof Refused copy) {
                refused.add(copy);
            }
        });
        Replayed replayed = Quiet.run(() -> replay.run(network.transport(), bytes));
        Story story = new Story(schema, names, segments, network.size(), refused, replayed);
        if (common.json()) {
            Json.document(console, story.document());
        } else {
            story.print();
        }
        return new StoppedLogs(console, segment -> List.of()).tell(replayed);
    }

    private int unpackInto(Path directory) throws IOException {
        Arguments.output("--unpack", directory);
        if (Files.exists(directory)) {
            try (Stream<Path> content = Files.list(Arguments.directory(directory))) {
                if (content.findAny().isPresent()) {
                    throw CommandFailure.usage(
                            "--unpack: " + directory + " is not empty", "name a directory to create");
                }
            }
        }
        DemoData.unpack(directory);
        List<String> next = next(directory);
        if (common.json()) {
            Json.document(console, new Unpacked(directory.toString(), DemoData.files(), next));
        } else {
            console.out()
                    .println("unpacked " + Figures.counted(DemoData.files().size(), "file") + " into " + directory);
            printNext(next);
        }
        return Exit.OK;
    }

    private static List<String> next(Path directory) {
        String wal = Shell.quote(directory.resolve(DemoData.SEGMENTS).toString());
        String schema =
                " --schema " + Shell.quote(directory.resolve(DemoData.SCHEMA).toString());
        return Stream.of(
                        "receiver top " + wal + schema + " --signal touch --by all -k 20",
                        "receiver verify " + wal + schema,
                        "receiver replay " + wal + schema + " --repeat 5",
                        "receiver inspect "
                                + Shell.quote(directory
                                        .resolve(DemoData.SEGMENTS)
                                        .resolve("wal-00001-00000-00000000000000000001.seg")
                                        .toString()))
                .map(Shell::command)
                .toList();
    }

    private void printNext(List<String> commands) {
        console.out().println();
        console.out().println(console.paint().bold("Try next:"));
        commands.forEach(command -> console.out().println("  " + command));
    }

    private record Unpacked(String directory, List<String> files, List<String> next) {}

    /** What is told about the replay. */
    private final class Story {

        private final SignalSchema schema;
        private final EntityNames names;
        private final List<WalSegmentPayload> segments;
        private final int deliveries;
        private final List<Refused> refused;
        private final Replayed replayed;
        private final InMemorySignalLedger ledger;
        private final long now;

        Story(
                SignalSchema schema,
                EntityNames names,
                List<WalSegmentPayload> segments,
                int deliveries,
                List<Refused> refused,
                Replayed replayed) {
            this.schema = schema;
            this.names = names;
            this.segments = segments;
            this.deliveries = deliveries;
            this.refused = refused;
            this.replayed = replayed;
            this.ledger = replayed.ledger();
            this.now = ledger.newestEventNanos();
        }

        void print() {
            Paint paint = console.paint();
            OutcomeCounts counts = replayed.report().outcomes();
            console.out().println(paint.bold("The public git history of reactor/reactor-core, replayed"));
            console.out().println();
            fact(
                    "delivered",
                    deliveries + " segments of "
                            + Figures.counted(replayed.report().status().logs().size(), "log")
                            + ": each of " + segments.size() + " twice, shuffled, and a damaged copy of one");
            refused.forEach(copy -> fact(
                    "refused",
                    "a copy of segment " + copy.segment() + ", by the "
                            + copy.fault().field() + " of batch " + copy.fault().batchIndex()));
            fact("dropped", Figures.counted(counts.duplicate(), "duplicate"));
            fact(
                    "applied",
                    Figures.count(replayed.events()) + " of " + Figures.count(expected()) + " events, in order, "
                            + exactlyOnce());
            fact(
                    "took",
                    Figures.seconds(replayed.seconds()) + ", " + Figures.count(Math.round(replayed.eventsPerSecond()))
                            + " events/s, in a Java that has just started");
            String asOf = Figures.date(now).substring(0, 10);
            board("Hottest files on " + asOf, "touch", Ranking.SCORE, SHOWN, "a commit counts 1, half as much every ");
            board(
                    "Most churned files on " + asOf,
                    "churn",
                    Ranking.SCORE,
                    SHOWN_BRIEFLY,
                    "lines changed, half as much every ");
            board("Most commits of all time", "touch", Ranking.ALL, SHOWN_BRIEFLY, "");
            printNext(Stream.of(
                            "receiver demo --unpack history",
                            "receiver top history/wal --schema history/schema.yaml --signal churn -k 20",
                            "receiver generate --out made-up --events 2000000",
                            "receiver --help")
                    .map(Shell::command)
                    .toList());
        }

        private void fact(String verb, String what) {
            console.out().println("  " + console.paint().green(String.format("%-10s", verb)) + what);
        }

        private String exactlyOnce() {
            return replayed.events() == expected()
                    ? "each exactly once"
                    : console.paint().red("NOT each exactly once");
        }

        private void board(String title, String signal, Ranking ranking, int shown, String meaning) {
            SignalType type = schema.named(signal).orElseThrow();
            List<SignalReading> top = ranking.top(ledger, type.index(), shown, now);
            String life = meaning.isEmpty()
                    ? ""
                    : console.paint()
                            .dim("  (" + meaning
                                    + Figures.duration(type.halfLife().orElse(Duration.ZERO)) + ")");
            console.out().println();
            console.out().println(console.paint().bold(title) + life);
            console.out().println();
            new Leaderboard(console, names).print(top, ranking);
        }

        private long expected() {
            return segments.stream().mapToLong(WalSegmentPayload::eventCount).sum();
        }

        Document document() {
            OutcomeCounts counts = replayed.report().outcomes();
            return new Document(
                    deliveries,
                    counts.applied(),
                    counts.duplicate(),
                    counts.refused(),
                    replayed.report().status().logs().size(),
                    replayed.events(),
                    expected(),
                    names.size(),
                    replayed.bytes(),
                    replayed.seconds(),
                    replayed.eventsPerSecond(),
                    replayed.complete(),
                    now,
                    Figures.instant(now),
                    ranked("touch", Ranking.SCORE),
                    ranked("churn", Ranking.SCORE),
                    ranked("touch", Ranking.WEEK),
                    ranked("touch", Ranking.ALL));
        }

        private List<TopCommand.Ranked> ranked(String signal, Ranking ranking) {
            int type = schema.named(signal).orElseThrow().index();
            List<SignalReading> top = ranking.top(ledger, type, SHOWN, now);
            return IntStream.range(0, top.size())
                    .mapToObj(i -> TopCommand.Ranked.of(i + 1, top.get(i), names))
                    .toList();
        }
    }

    private record Document(
            int deliveries,
            long applied,
            long duplicate,
            long refused,
            int logs,
            long events,
            long eventsExpected,
            int files,
            long bytes,
            double seconds,
            double eventsPerSecond,
            boolean complete,
            long asOfNanos,
            String asOf,
            List<TopCommand.Ranked> touch,
            List<TopCommand.Ranked> churn,
            List<TopCommand.Ranked> touchedInTheLastWeek,
            List<TopCommand.Ranked> touchedOfAllTime) {}
}
