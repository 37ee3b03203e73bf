package io.walreceiver.server.command;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.Paint;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.verify.FileCheck;
import io.walreceiver.server.verify.FileVerdict;
import io.walreceiver.server.verify.FileVerifier;
import io.walreceiver.server.verify.LogCoverage;
import io.walreceiver.server.verify.LogFinding;
import io.walreceiver.server.verify.Manifest;
import io.walreceiver.server.verify.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Checks files and applies nothing. */
@Command(
        name = "verify",
        sortOptions = false,
        description = {
            "Check segment files in full without applying them: structure, sequence, identity, every checksum, every event.",
            "",
            "A file is taken for the segment that the manifest says it is, else that its name says, else that its"
                    + " headers say. For a directory, holes and overlaps between its files are told as well. A checksum"
                    + " that fails is computed again by a second implementation of BLAKE3."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:every file is ok and no log has a hole (overlaps are harmless)",
            "1:a file is not ok, a log has a hole, or a manifest expects other verdicts",
            Exit.USAGE_TEXT
        },
        footer = {
            "",
            "With --json one object per line: file, verdict (ok, corrupt, invalid-event, unreadable; hole or overlap, where"
                    + " file is the directory), reason, events."
        })
final class VerifyCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "Files, or directories of files named *.seg.")
    private List<Path> paths = List.of();

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description =
                    "Also check that each signal type is in this schema. Without it any type will do; the other rules"
                            + " for events are checked in any case.")
    private @Nullable Path schemaFile;

    @Option(
            names = "--manifest",
            paramLabel = "CSV",
            description =
                    "Columns file,region,shard,seqno,claimed_event_count, and verdict to compare with. Without PATH"
                            + " the files it names are checked.")
    private @Nullable Path manifestFile;

    @Mixin
    private CommonOptions common = new CommonOptions();

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (paths.isEmpty() && manifestFile == null) {
            throw CommandFailure.usage("nothing to verify", "name files or directories, or a --manifest");
        }
        FileVerifier verifier = new FileVerifier(
                BatchHasher.bouncyCastle(),
                BatchHasher.commonsCodec(),
                new EventRules(schema(), EventRules.DEFAULT_MAX_EVENT_LEAD));
        List<Item> items = items(
                manifestFile == null ? Optional.empty() : Optional.of(Manifest.load(Arguments.file(manifestFile))));
        Report report = new Report(items);
        Flux.fromIterable(items)
                .flatMapSequential(
                        item -> Mono.fromCallable(() -> verifier.verify(item.check()))
                                .map(verdict -> new Checked(item, verdict))
                                .subscribeOn(Schedulers.parallel()),
                        Schedulers.DEFAULT_POOL_SIZE,
                        1)
                .toIterable(1)
                .forEach(report::add);
        return report.finish();
    }

    private SignalSchema schema() throws IOException {
        return schemaFile == null
                ? anyType()
                : SchemaFile.load(Arguments.file(schemaFile)).schema();
    }

    private static SignalSchema anyType() {
        return SignalSchema.of(IntStream.rangeClosed(0, 255)
                .mapToObj(type -> SignalType.permanent(type, Integer.toString(type)))
                .toList());
    }

    private List<Item> items(Optional<Manifest> manifest) throws IOException {
        if (paths.isEmpty() && manifest.isPresent()) {
            return manifest.get().checks().stream()
                    .map(check -> new Item(check, Optional.empty()))
                    .toList();
        }
        List<Item> items = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw Arguments.missing(path);
            }
        }
        for (Path path : Arguments.distinct(console, paths)) {
            if (Files.isDirectory(path)) {
                segmentFiles(Arguments.directory(path))
                        .forEach(file -> items.add(new Item(check(manifest, file), Optional.of(path))));
            } else {
                items.add(new Item(check(manifest, path), Optional.empty()));
            }
        }
        return items;
    }

    private static FileCheck check(Optional<Manifest> manifest, Path file) {
        return manifest.map(known -> known.check(file)).orElseGet(() -> FileCheck.of(file));
    }

    private static List<Path> segmentFiles(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> files = entries.filter(
                            file -> file.getFileName().toString().endsWith(".seg"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw CommandFailure.usage(
                        directory + " holds no segment files", "name a directory with files that end in .seg");
            }
            return files;
        }
    }

    /** A file, and the directory argument it comes from. */
    private record Item(FileCheck check, Optional<Path> directory) {}

    private record Checked(Item item, FileVerdict verdict) {}

    private record Line(
            String file, String verdict, String reason, long events, Optional<String> log, Optional<String> expected) {}

    /** Prints verdicts as they come, and sums them up. */
    private final class Report {

        private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        private final LogCoverage coverage = new LogCoverage();
        private final Set<Path> directories = new HashSet<>();
        private final int nameWidth;
        private long events;
        private int differing;
        private int disputed;

        Report(List<Item> items) {
            nameWidth = items.stream()
                    .mapToInt(item -> item.check().file().toString().length())
                    .max()
                    .orElse(0);
        }

        void add(Checked checked) {
            FileVerdict verdict = checked.verdict();
            counts.merge(verdict.verdict(), 1, Integer::sum);
            events += verdict.verdict() == Verdict.OK ? verdict.events() : 0;
            differing += verdict.differs() ? 1 : 0;
            disputed += verdict.checksumsDisputed() ? 1 : 0;
            cover(checked);
            print(verdict);
        }

        int finish() {
            List<LogFinding> findings = coverage.findings();
            findings.forEach(this::print);
            summarise();
            if (disputed > 0) {
                console.error("two implementations of BLAKE3 disagree about " + Figures.counted(disputed, "file"));
                console.next("check this machine's memory, and verify the files on another one");
            }
            boolean harmless = counts.keySet().stream().allMatch(Verdict::harmless);
            return harmless && differing == 0 ? Exit.OK : Exit.FAILED;
        }

        private void cover(Checked checked) {
            FileVerdict verdict = checked.verdict();
            boolean intact = verdict.verdict() == Verdict.OK || verdict.verdict() == Verdict.INVALID_EVENT;
            Optional<WalSegmentId> named = FileCheck.of(verdict.check().file()).id();
            if (checked.item().directory().isPresent() && named.isPresent() && intact) {
                directories.add(checked.item().directory().get());
                coverage.add(
                        named.get(),
                        verdict.events(),
                        verdict.check().file().getFileName().toString());
            }
        }

        private void print(FileVerdict verdict) {
            String file = verdict.check().file().toString();
            if (common.json()) {
                Optional<String> log = verdict.id().map(id -> id.log().toString());
                Json.line(
                        console,
                        new Line(
                                file,
                                verdict.verdict().toString(),
                                verdict.reason(),
                                verdict.events(),
                                log,
                                verdict.check().expected()));
                return;
            }
            String differs = verdict.differs()
                    ? "  <- the manifest expects " + verdict.check().expected().orElse("")
                    : "";
            String what = verdict.reason().isEmpty() ? Figures.counted(verdict.events(), "event") : verdict.reason();
            printLine(verdict.verdict(), file, what + console.paint().red(differs));
        }

        private void print(LogFinding finding) {
            counts.merge(finding.verdict(), 1, Integer::sum);
            String where = directories.stream().sorted().map(Path::toString).collect(Collectors.joining(", "));
            if (common.json()) {
                Json.line(
                        console,
                        new Line(
                                where,
                                finding.verdict().toString(),
                                finding.describe(),
                                finding.events(),
                                Optional.of(finding.log().toString()),
                                Optional.empty()));
            } else {
                printLine(finding.verdict(), where, finding.describe());
            }
        }

        private void printLine(Verdict verdict, String file, String what) {
            Paint paint = console.paint();
            String word = String.format("%-13s", verdict);
            String painted = verdict == Verdict.OK
                    ? paint.green(word)
                    : verdict == Verdict.OVERLAP ? paint.yellow(word) : paint.red(word);
            console.out()
                    .println(painted + "  " + String.format("%-" + Math.max(1, nameWidth) + "s", file) + "  " + what);
            console.out().flush();
        }

        private void summarise() {
            String verdicts = counts.entrySet().stream()
                    .map(entry -> Figures.count(entry.getValue()) + " " + entry.getKey())
                    .collect(Collectors.joining(", "));
            console.err().println(verdicts + "; " + Figures.counted(events, "event"));
            if (manifestFile != null && differing > 0) {
                console.error("verdicts other than " + manifestFile + " expects: " + Figures.count(differing));
            }
        }
    }
}
