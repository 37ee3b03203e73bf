package io.walreceiver.server.command;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.log.LogState;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.replay.LogEnd;
import io.walreceiver.server.replay.Replayed;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Says on standard error which logs stopped short, why, and what to do. */
final class StoppedLogs {

    private final Console console;
    private final Function<WalSegmentId, List<Path>> files;

    /**
     * Tells about logs.
     *
     * @param files the files that a segment is in, if it is in files
     */
    StoppedLogs(Console console, Function<WalSegmentId, List<Path>> files) {
        this.console = console;
        this.files = files;
    }

    /** Gives the exit code. */
    int tell(Replayed replayed) {
        replayed.logs().stream().filter(log -> log.cause().isPresent()).forEach(log -> tell(log, replayed));
        if (!replayed.unreadable().isEmpty()) {
            return Exit.FAILED;
        }
        return replayed.complete() ? Exit.OK : Exit.INCOMPLETE;
    }

    private void tell(LogEnd log, Replayed replayed) {
        List<Path> refused = replayed.refusedIn(log).map(files).orElse(List.of());
        console.error("log " + log.log() + " stopped after event " + log.applied() + " (" + log.state() + "): "
                + (refused.isEmpty() ? "" : names(refused) + ": ") + log.cause().orElse(""));
        console.next(log.trouble()
                .map(trouble -> nextStep(log, trouble, refused))
                .orElse("put the file right, and run the command again; other logs were replayed"));
    }

    private static String nextStep(LogEnd log, LogState trouble, List<Path> refused) {
        return switch (trouble) {
            case GAP ->
                "copy the file that holds event " + (log.received() + 1) + " of log " + log.log()
                        + " into the directory, and replay again; " + Shell.command("receiver verify")
                        + " DIR lists all holes";
            case CORRUPT, SOURCE_CORRUPT ->
                "replace " + (refused.isEmpty() ? "the file" : names(refused))
                        + " with a good copy from the leader, and replay again; "
                        + (refused.isEmpty()
                                ? Shell.command("receiver inspect") + " FILE"
                                : Shell.command("receiver inspect "
                                        + Shell.quote(refused.get(0).toString())))
                        + " shows what is left of it";
            case INVALID_EVENT ->
                "add the signal type to the schema, or correct the leader, and replay again; a data directory takes"
                        + " the schema over with " + Shell.command("receiver schema apply");
            case LEDGER_FULL -> "give Java more memory, for example JAVA_OPTS=-Xmx8g";
            case ROTTEN ->
                "name a directory that still holds event " + (log.received() + 1) + " of log " + log.log()
                        + ", and replay again; where no copy is left, " + Shell.command("receiver skip")
                        + " gives events up";
            case DISK_FULL -> "make room, and replay again; it goes on from what is durable";
            case IO_FAILED, RECOVERING -> "see to the disk, and run the command again; nothing durable is affected";
            case PRUNED, DIVERGED ->
                "take the log anew from a follower that holds it: "
                        + Shell.command(
                                "receiver bootstrap --log " + log.log() + " --from tcp://HOST:PORT --data DATA");
            case FENCED -> "follow the new leader";
            case FORBIDDEN -> "let the source's operator add the log to what this follower's identity may read";
            case RUNNING, BEHIND, AHEAD_OF_SOURCE, FAILED -> "replay again";
        };
    }

    static String names(List<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(" and "));
    }
}
