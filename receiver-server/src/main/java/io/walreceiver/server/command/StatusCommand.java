package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.admin.CheckpointJson;
import io.walreceiver.server.admin.KeptJson;
import io.walreceiver.server.admin.SkipJson;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredData.Use;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.StoredLog.Reading;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.quarantine.QuarantineListing;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Owner;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import io.walreceiver.storage.wal.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a data directory holds. */
@Command(
        name = "status",
        sortOptions = false,
        description = {
            "Show what a data directory holds: how far each log has come, what was refused, skipped, or found rotten.",
            "",
            DataOptions.NO_LOCK
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:everything that was durable can be read",
            "1:something failed, or events that were durable cannot be read",
            Exit.USAGE_TEXT
        },
        footer = {
            "",
            "With --json one document: directory, format, invalidEvents, maxEventLead, signals (type, name, halfLife),"
                    + " use, owner (pid, host, since, command), stoppedInOrder, logs (log, checkpoint, checkpoints,"
                    + " end, knownDurable, files, bytes, keptAside, skips, epoch (number,"
                    + " start; missing where the log is unfenced), rotten, findings)."
        })
final class StatusCommand implements Callable<Integer> {

    private static final String COLUMNS = "%-11s  %15s  %15s  %15s  %5s  %9s  %10s  %7s  %8s%n";
    private static final String UNKNOWN = "-";
    /** No leader has named an epoch: one that was replaced would not be told from the one that replaced it. */
    private static final String UNFENCED = "unfenced";

    private static final int MOST_OF_A_COMMAND = 100;

    private final Console console;

    @Parameters(paramLabel = DataOptions.LABEL, description = DataOptions.HELP)
    private Path data = Path.of("");

    @Option(
            names = "--quick",
            description = "Read no checkpoint and no log: where a log ends, and whether it is whole, is not told then.")
    private boolean quick;

    @Mixin
    private CommonOptions common = new CommonOptions();

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        StoredData stored = Arguments.data(data);
        Use use = stored.use(); // before the logs: one that is in use grows meanwhile
        List<LogRow> logs = new ArrayList<>();
        for (LogId log : stored.logs()) {
            logs.add(row(stored.log(log), use == Use.IN_USE));
        }
        if (common.json()) {
            Json.document(console, document(stored, use, logs));
        } else {
            print(stored, use, logs);
        }
        return tell(logs);
    }

    private LogRow row(StoredLog log, boolean inUse) throws IOException {
        long known = log.knownDurable();
        Optional<Reading> reading = quick ? Optional.empty() : Optional.of(log.read());
        List<Checkpoint> checkpoints = log.checkpoints();
        Skips skips = reading.isPresent() ? reading.get().skips() : log.skips();
        List<RecoveryFinding> findings = reading.map(Reading::findings).orElse(List.of()).stream()
                // What is being written at this moment looks torn.
                .filter(finding -> !inUse || finding.kind() != RecoveryFinding.Kind.CUT)
                .toList();
        return new LogRow(
                log.log(),
                reading.map(Reading::checkpoint).orElse(checkpoints.stream().findFirst()),
                checkpoints.size(),
                reading.map(Reading::position),
                known,
                log.files(),
                log.keptAside(),
                skips.records(),
                log.epoch(),
                log.rotten(),
                findings);
    }

    /** Exit code; what is wrong with a log is told on standard error. */
    private int tell(List<LogRow> logs) {
        int exit = Exit.OK;
        for (LogRow log : logs) {
            log.findings()
                    .forEach(finding ->
                            console.warning("log " + log.log() + ": " + finding.kind() + ": " + finding.text()));
            if (log.missing()) {
                console.error("log " + log.log() + " ends with event "
                        + log.end().orElse(0L) + ", though events through " + log.knownDurable() + " were durable");
                console.next("start the receiver: it asks for them again; where the leader has them no more, "
                        + Shell.command("receiver skip") + " gives them up");
                exit = Exit.FAILED;
            }
        }
        return exit;
    }

    private void print(StoredData stored, Use use, List<LogRow> logs) throws IOException {
        line("directory", stored.directory().toString());
        line("format", String.valueOf(stored.formatVersion()));
        line("schema", schema(stored.schema()));
        line("in use", use(stored, use));
        if (logs.isEmpty()) {
            console.out().println();
            console.out().println("no log is stored yet");
            return;
        }
        console.out().println();
        console.out()
                .print(console.paint()
                        .dim(String.format(
                                COLUMNS,
                                "log",
                                "checkpoint",
                                "end",
                                "known durable",
                                "files",
                                "size",
                                "kept aside",
                                "skips",
                                "epoch")));
        for (LogRow log : logs) {
            console.out()
                    .printf(
                            COLUMNS,
                            log.log(),
                            log.checkpoint()
                                    .map(one -> Figures.count(one.position()))
                                    .orElse(UNKNOWN),
                            log.end().map(Figures::count).orElse(UNKNOWN),
                            Figures.count(log.knownDurable()),
                            Figures.count(log.files().size()),
                            Figures.bytes(log.bytes()),
                            Figures.count(log.keptAside().kept().size()),
                            Figures.count(log.skips().size()),
                            log.epoch().map(one -> Figures.count(one.number())).orElse(UNFENCED));
        }
        logs.forEach(this::printDetails);
    }

    private void printDetails(LogRow log) {
        for (Skip skip : log.skips()) {
            console.out()
                    .println("log " + log.log() + ": events " + skip.from() + ".." + skip.through()
                            + " were given up at " + skip.at() + ": " + Plain.text(skip.reason()));
        }
        for (KeptSegment kept : log.keptAside().kept()) {
            console.out()
                    .println("log " + log.log() + ": kept aside " + kept.name() + ", seen "
                            + (kept.count() == 1 ? "once" : Figures.count(kept.count()) + " times") + ": "
                            + Plain.text(kept.cause()));
        }
        log.rotten()
                .forEach(file -> console.out().println("log " + log.log() + ": found rotten and set aside: " + file));
    }

    private void line(String what, String value) {
        console.out().println(console.paint().bold(String.format("%-11s", what)) + value);
    }

    private static String schema(StoredSchema stored) {
        return stored.schema().types().stream()
                        .map(type ->
                                type.index() + " " + Plain.text(type.name()) + " (" + SignalJson.halfLife(type) + ")")
                        .collect(Collectors.joining(", "))
                + "; invalid events: " + policy(stored) + "; events may lie " + Figures.duration(stored.maxEventLead())
                + " after their batch";
    }

    private static String policy(StoredSchema stored) {
        return stored.invalidEvents().name().toLowerCase(Locale.ROOT);
    }

    private static String use(StoredData stored, Use use) throws IOException {
        String owner = stored.owner()
                .map(one -> "process " + one.pid() + " on " + Plain.text(one.host()) + " (since " + one.since() + ": "
                        + shortened(Plain.text(one.command())) + ")")
                .orElse("");
        return switch (use) {
            case NEVER -> "no";
            case IN_USE -> "yes, by " + owner;
            case UNKNOWN -> "cannot be told: its last owner is another host's " + owner;
            case ENDED ->
                "no; the last was " + owner
                        + (stored.stoppedInOrder() ? ", which stopped in order" : ", which did not stop in order");
        };
    }

    /** The end of a command line says what it does; a class path before it may be as long as it likes. */
    private static String shortened(String command) {
        return command.length() <= MOST_OF_A_COMMAND
                ? command
                : "..." + command.substring(command.length() - MOST_OF_A_COMMAND);
    }

    private static Document document(StoredData stored, Use use, List<LogRow> logs) throws IOException {
        return new Document(
                stored.directory().toString(),
                stored.formatVersion(),
                policy(stored.schema()),
                Figures.duration(stored.schema().maxEventLead()),
                SignalJson.of(stored.schema().schema()),
                use.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                stored.owner().map(OwnerJson::of),
                stored.stoppedInOrder(),
                logs.stream().map(LogRow::json).toList());
    }

    private record LogRow(
            LogId log,
            Optional<Checkpoint> checkpoint,
            int checkpoints,
            Optional<Long> end,
            long knownDurable,
            List<LogFile> files,
            QuarantineListing keptAside,
            List<Skip> skips,
            Optional<Epoch> epoch,
            List<Path> rotten,
            List<RecoveryFinding> findings) {

        long bytes() {
            return files.stream().mapToLong(LogFile::sizeBytes).sum();
        }

        boolean missing() {
            return end.isPresent() && end.get() < knownDurable;
        }

        LogJson json() {
            return new LogJson(
                    log.toString(),
                    checkpoint.map(CheckpointJson::of),
                    checkpoints,
                    end,
                    knownDurable,
                    files.size(),
                    bytes(),
                    keptAside.kept().stream().map(KeptJson::of).toList(),
                    skips.stream().map(SkipJson::of).toList(),
                    epoch.map(EpochJson::of),
                    rotten.stream().map(Path::toString).toList(),
                    findings.stream().map(FindingJson::of).toList());
        }
    }

    private record Document(
            String directory,
            int format,
            String invalidEvents,
            String maxEventLead,
            List<SignalJson> signals,
            String use,
            Optional<OwnerJson> owner,
            boolean stoppedInOrder,
            List<LogJson> logs) {}

    private record OwnerJson(long pid, String host, String since, String command) {

        static OwnerJson of(Owner owner) {
            return new OwnerJson(owner.pid(), owner.host(), owner.since().toString(), owner.command());
        }
    }

    private record EpochJson(long number, long start) {

        static EpochJson of(Epoch epoch) {
            return new EpochJson(epoch.number(), epoch.start());
        }
    }

    private record LogJson(
            String log,
            Optional<CheckpointJson> checkpoint,
            int checkpoints,
            Optional<Long> end,
            long knownDurable,
            int files,
            long bytes,
            List<KeptJson> keptAside,
            List<SkipJson> skips,
            Optional<EpochJson> epoch,
            List<String> rotten,
            List<FindingJson> findings) {}
}
