package io.walreceiver.server.command;

import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.Progress;
import io.walreceiver.server.generate.Generator;
import io.walreceiver.server.generate.GeneratorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes made-up logs. */
@Command(
        name = "generate",
        sortOptions = false,
        description = {
            "Write logs of made-up events, and the schema.yaml that goes with them. The same options give the same bytes.",
            ""
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {"", "With --json one document: directory, schema, logs, segments, events, bytes, seconds, next."})
final class GenerateCommand implements Callable<Integer> {

    private final Console console;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where to; created if need be. It must not hold segments yet.")
    private Path out = Path.of("");

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "100000",
            description = "Events in all. Default: ${DEFAULT-VALUE}.")
    private long events;

    @Option(names = "--logs", paramLabel = "N", defaultValue = "4", description = "Logs. Default: ${DEFAULT-VALUE}.")
    private int logs;

    @Option(
            names = "--segments",
            paramLabel = "N",
            defaultValue = "4",
            description = "Segments per log. Default: ${DEFAULT-VALUE}.")
    private int segments;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "100",
            description = "Events per batch. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--entities",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Entities that events are about. Default: ${DEFAULT-VALUE}.")
    private long entities;

    @Option(
            names = "--zipf",
            paramLabel = "SKEW",
            defaultValue = "1.0",
            description = "How much hot entities stand out, 0 for not at all. Default: ${DEFAULT-VALUE}.")
    private double skew;

    @Option(
            names = "--late",
            paramLabel = "FRACTION",
            defaultValue = "0.02",
            description = "Share of events that come up to 36 h late. Default: ${DEFAULT-VALUE}.")
    private double late;

    @Option(
            names = "--start",
            paramLabel = "TIME",
            defaultValue = "2026-01-01T00:00:00Z",
            description = "Time of the first event. Default: ${DEFAULT-VALUE}.")
    private Instant start = Instant.EPOCH;

    @Option(
            names = "--span",
            paramLabel = "DURATION",
            defaultValue = "14d",
            converter = DurationConverter.class,
            description = "Time from the first event to the last. Default: ${DEFAULT-VALUE}.")
    private Duration span = Duration.ZERO;

    @Option(
            names = "--region",
            paramLabel = "N",
            defaultValue = "1",
            description = "Region of the logs. Default: ${DEFAULT-VALUE}.")
    private int region;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private CommonOptions common = new CommonOptions();

    GenerateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        GeneratorOptions options = options();
        Arguments.output("--out", out);
        refuseSegments();
        long started = System.nanoTime();
        long[] bytes = new long[1];
        try (Progress progress = Progress.on(console, "generating", "k events", 1000, events)) {
            new Generator(options, out).run(segment -> {
                bytes[0] += segment.bytes().length;
                progress.advance(segment.eventCount());
            });
        }
        report(bytes[0], (System.nanoTime() - started) / 1e9);
        return Exit.OK;
    }

    private GeneratorOptions options() {
        try {
            return new GeneratorOptions(region, logs, segments, events, batch, entities, skew, late, seed, start, span);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    String.valueOf(e.getMessage()), "see " + Shell.command("receiver generate --help"));
        }
    }

    private void refuseSegments() throws IOException {
        if (!Files.exists(out)) {
            return;
        }
        try (Stream<Path> files = Files.list(Arguments.directory(out))) {
            if (files.anyMatch(file -> file.getFileName().toString().endsWith(".seg"))) {
                throw CommandFailure.usage(
                        out + " holds segments already; logs must not be mixed", "choose a directory without any");
            }
        }
    }

    private void report(long bytes, double seconds) {
        String schema = out.resolve(Generator.SCHEMA_FILE).toString();
        String next =
                Shell.command("receiver replay " + Shell.quote(out.toString()) + " --schema " + Shell.quote(schema));
        if (common.json()) {
            Json.document(
                    console,
                    new Summary(out.toString(), schema, logs, (long) logs * segments, events, bytes, seconds, next));
            return;
        }
        console.out()
                .println("wrote " + Figures.counted(events, "event") + " in "
                        + Figures.counted((long) logs * segments, "segment") + " of " + Figures.counted(logs, "log")
                        + ", " + Figures.bytes((double) bytes) + ", in " + Figures.seconds(seconds));
        console.out().println();
        console.out().println("replay them:  " + next);
        console.out()
                .println("see the top:  "
                        + Shell.command("receiver top " + Shell.quote(out.toString()) + " --schema "
                                + Shell.quote(schema) + " --signal view"));
    }

    private record Summary(
            String directory,
            String schema,
            int logs,
            long segments,
            long events,
            long bytes,
            double seconds,
            String next) {}
}
