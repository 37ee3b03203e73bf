package io.walreceiver.server.command;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.replay.LaterPairs;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the hottest entities. */
@Command(
        name = "top",
        sortOptions = false,
        description = "Replay directories of segments, and show the hottest entities of a signal.",
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:everything was applied",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.INCOMPLETE_TEXT + "; what was applied is shown"
        },
        footer = {
            "",
            "With --json one document: signal, type, by, asOfNanos, asOf (both left out where no event was applied),"
                    + " entitiesWithLaterEvents, events, complete, top (rank, entity, name, score, allTime, count1h,"
                    + " count24h, count7d, asOf)."
        })
final class TopCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            paramLabel = "DIR",
            arity = "1..*",
            description = "Directories with files named wal-{region}-{shard}-{seqno}.seg.")
    private List<Path> directories = List.of();

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            required = true,
            description = "The signal types, YAML or JSON; it may name a file with the names of entities.")
    private Path schemaFile = Path.of("");

    @Option(
            names = "--signal",
            paramLabel = "NAME",
            required = true,
            description = "The signal, as the schema names it.")
    private String signal = "";

    @Option(
            names = {"-k", "--count"},
            paramLabel = "N",
            defaultValue = "10",
            description = "How many to show. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            defaultValue = "score",
            converter = Ranking.Converter.class,
            description = "score, or the number of events in the last 1h, 24h, 7d, or of all time (all). Default:"
                    + " ${DEFAULT-VALUE}.")
    private Ranking ranking = Ranking.SCORE;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            defaultValue = "newest",
            converter = ReadAt.Converter.class,
            description = "Read as of: " + ReadAt.HELP + ". Default: ${DEFAULT-VALUE}.")
    private ReadAt at = new ReadAt.Newest();

    @Mixin
    private CommonOptions common = new CommonOptions();

    TopCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (count < 1) {
            throw CommandFailure.usage(
                    "-k, --count: found " + count + ", expected 1 or more",
                    "see " + Shell.command("receiver top --help"));
        }
        SchemaFile schema = SchemaFile.load(Arguments.file(schemaFile));
        SignalType type = type(schema.schema());
        EntityNames names = schema.entityNames();
        DirectoryReplay replay = new DirectoryReplay(console, directories);
        Replayed replayed = replay.run(schema.schema());
        long now = at.nanos(replayed.ledger());
        List<SignalReading> top = ranking.top(replayed.ledger(), type.index(), count, now);
        if (common.json()) {
            Json.document(console, document(type, names, replayed, now, top));
        } else {
            print(type, names, replayed.ledger(), now, top);
        }
        return replay.tell(replayed);
    }

    private SignalType type(SignalSchema schema) {
        return schema.named(signal)
                .orElseThrow(() -> CommandFailure.usage(
                        "--signal: " + schemaFile + " has no signal named " + signal,
                        "name one of "
                                + schema.types().stream().map(SignalType::name).collect(Collectors.joining(", "))));
    }

    private void print(
            SignalType type, EntityNames names, InMemorySignalLedger ledger, long now, List<SignalReading> top) {
        String title = console.paint().bold(type.name()) + " by " + ranking.title() + decay(type);
        if (ledger.pairs() == 0) {
            console.out().println(title + ": no events were applied");
            return;
        }
        console.out().println(title + ", as of " + Figures.date(now));
        LaterPairs.of(ledger, type.index(), now)
                .ifPresent(later -> console.out()
                        .println("note: " + Figures.count(later.later()) + " of " + Figures.count(later.pairs())
                                + " entities have later events; each of them is shown as of its newest event"));
        console.out().println();
        if (top.isEmpty()) {
            console.out().println("  none: no such event");
        }
        new Leaderboard(console, names).print(top, ranking);
    }

    private String decay(SignalType type) {
        return ranking == Ranking.SCORE
                ? type.halfLife()
                        .map(life -> " (half as much after " + Figures.duration(life) + ")")
                        .orElse(" (permanent)")
                : "";
    }

    private Document document(
            SignalType type, EntityNames names, Replayed replayed, long now, List<SignalReading> top) {
        List<Ranked> ranked = IntStream.range(0, top.size())
                .mapToObj(i -> Ranked.of(i + 1, top.get(i), names))
                .toList();
        boolean any = replayed.ledger().pairs() > 0;
        return new Document(
                type.name(),
                type.index(),
                ranking.toString(),
                any ? Optional.of(now) : Optional.empty(),
                any ? Optional.of(Figures.instant(now)) : Optional.empty(),
                LaterPairs.of(replayed.ledger(), type.index(), now)
                        .map(LaterPairs::later)
                        .orElse(0L),
                replayed.events(),
                replayed.complete(),
                ranked);
    }

    private record Document(
            String signal,
            int type,
            String by,
            Optional<Long> asOfNanos,
            Optional<String> asOf,
            long entitiesWithLaterEvents,
            long events,
            boolean complete,
            List<Ranked> top) {}

    /** An entity in its place; its id is a string, since it may need more bits than a number in JSON is sure to have. */
    record Ranked(
            int rank,
            String entity,
            Optional<String> name,
            double score,
            long allTime,
            long count1h,
            long count24h,
            long count7d,
            String asOf) {

        static Ranked of(int rank, SignalReading reading, EntityNames names) {
            return new Ranked(
                    rank,
                    Long.toUnsignedString(reading.entityId()),
                    names.name(reading.entityId()),
                    reading.score(),
                    reading.allTime(),
                    reading.lastHour(),
                    reading.lastDay(),
                    reading.lastWeek(),
                    Figures.instant(reading.asOfNanos()));
        }
    }
}
