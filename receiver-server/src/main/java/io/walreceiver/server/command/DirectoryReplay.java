package io.walreceiver.server.command;

import io.walreceiver.LogStatus;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Progress;
import io.walreceiver.server.replay.Replay;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.replay.SegmentFiles;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.directory.SegmentReadException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Replays directories for a command: checks them first, shows progress, and tells afterwards which logs stopped short. */
final class DirectoryReplay {

    private static final long MEGABYTE = 1_000_000;
    private static final int MOST_REFUSED_TOLD = 10;

    private final Console console;
    private final List<Path> directories;
    private final SegmentFiles files;
    private final Map<WalSegmentId, SegmentFault> refused = new TreeMap<>();

    DirectoryReplay(Console console, List<Path> directories) throws IOException {
        this.console = console;
        this.directories = directories;
        directories.forEach(Arguments::directory);
        this.files = SegmentFiles.in(directories);
        if (files.sizes().isEmpty()) {
            throw CommandFailure.usage(
                    "no segments in " + directories.get(0) + (directories.size() > 1 ? " or the others" : ""),
                    "name a directory that holds files such as " + new WalSegmentId(1, 0, 1).fileName());
        }
    }

    /**
     * Replays everything once, into an empty ledger. The receiver's own warnings are kept back: they would run across the
     * progress bar, and {@link #tell} says the same.
     */
    Replayed run(SignalSchema schema) {
        refused.clear();
        Set<WalSegmentId> seen = new HashSet<>();
        try (Progress progress = Progress.on(console, "replaying", "MB", MEGABYTE, files.bytes())) {
            Replay replay = new Replay(schema, outcome -> {
                if (seen.add(outcome.segment())) {
                    progress.advance(files.bytes(outcome.segment()));
                }
                if (outcome instanceof Refused copy) {
                    refused.putIfAbsent(copy.segment(), copy.fault());
                }
            });
            DirectoryTransport transport = DirectoryTransport.of(directories.toArray(Path[]::new));
            return Quiet.run(() -> replay.run(transport, files.bytes()));
        } catch (SegmentReadException e) {
            throw CommandFailure.failed(
                    String.valueOf(e.getMessage()), "put the file right, and run the command again");
        }
    }

    /** Says on standard error what was refused and which logs stopped short, and gives the exit code. */
    int tell(Replayed replayed) {
        tellHealed(replayed);
        return tellStopped(console, replayed);
    }

    /** A refused copy that did no harm, since a good one came too, deserves a look all the same. */
    private void tellHealed(Replayed replayed) {
        refused.values().stream()
                .filter(fault -> replayed.report()
                        .status()
                        .log(fault.segment().log())
                        .map(log -> fault.segment().seqno() <= log.applied())
                        .orElse(false))
                .limit(MOST_REFUSED_TOLD)
                .forEach(fault -> console.warning("a copy was refused, and a good one applied: " + fault.describe()));
    }

    /** Says on standard error which logs stopped short, and gives the exit code. */
    static int tellStopped(Console console, Replayed replayed) {
        List<LogStatus> stopped = replayed.stopped();
        for (LogStatus log : stopped) {
            console.error("log " + log.log() + " stopped after event " + log.applied() + " (" + log.state() + "): "
                    + cause(log));
            console.next(nextStep(log));
        }
        for (SegmentReadException file : replayed.unreadable()) {
            console.error(unreadable(file));
            console.next("put the file right, and run the command again; other logs were replayed");
        }
        if (!replayed.unreadable().isEmpty()) {
            return Exit.FAILED;
        }
        return replayed.complete() ? Exit.OK : Exit.INCOMPLETE;
    }

    private static String unreadable(SegmentReadException failure) {
        String log = WalSegmentId.ofFileName(String.valueOf(failure.path().getFileName()))
                .map(id -> "log " + id.log() + " stopped: ")
                .orElse("");
        return log
                + (failure.getCause() instanceof FileSystemException cause
                        ? Failures.reason(cause)
                        : String.valueOf(failure.getMessage()));
    }

    private static String cause(LogStatus log) {
        String prefix = "log " + log.log() + ": ";
        String cause = log.cause().orElse("");
        return cause.startsWith(prefix) ? cause.substring(prefix.length()) : cause;
    }

    private static String nextStep(LogStatus log) {
        long missing = log.received() + 1;
        return switch (log.state()) {
            case GAP ->
                "copy the file that holds event " + missing + " of log " + log.log()
                        + " into the directory, and replay again; receiver verify DIR lists all holes";
            case CORRUPT ->
                "replace the file with a good copy from the leader, and replay again; receiver inspect FILE shows"
                        + " what is left of it";
            case INVALID_EVENT -> "add the signal type to the schema, or correct the leader, and replay again";
            case LEDGER_FULL -> "give Java more memory, for example JAVA_OPTS=-Xmx8g";
            case RUNNING, BEHIND, FAILED -> "replay again";
        };
    }
}
