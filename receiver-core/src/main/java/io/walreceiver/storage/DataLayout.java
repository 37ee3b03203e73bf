package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What lies where in a data directory.
 *
 * <pre>
 *  receiver-data      format version, schema and policy          lock, owner   who uses it
 *  positions          what is known to be durable, per log
 *  logs/00001-00003/  wal-….seg, wal-….seg.open, checkpoint-….ckpt, skips, epoch, quarantine/     of log 1:3
 * </pre>
 */
public final class DataLayout {

    private static final String LOGS = "logs";
    private static final String DROPPED = "dropped-";
    private static final String REPLACED = ".replaced-";
    private static final String STAGED = ".bootstrap-";
    private static final Pattern LOG = Pattern.compile("(\\d{5})-(\\d{5})");

    private DataLayout() {}

    static Path lock(Path directory) {
        return directory.resolve("lock");
    }

    /** The folder of all logs. */
    public static Path logs(Path directory) {
        return directory.resolve(LOGS);
    }

    /** The folder of a log. */
    public static Path log(Path directory, LogId log) {
        return logs(directory).resolve(name(log));
    }

    /** Where a log's folder goes while it is being deleted. */
    static Path dropped(Path directory, LogId log) {
        return logs(directory).resolve(DROPPED + name(log));
    }

    /** Where a log's folder goes when another takes its place; {@code number} is 1 or more. */
    static Path replaced(Path directory, LogId log, int number) {
        return logs(directory).resolve(REPLACED + name(log) + (number == 1 ? "" : "-" + number));
    }

    /** Whether that is what a folder beside those of logs is called. */
    static boolean isReplaced(String name) {
        return name.startsWith(REPLACED);
    }

    /** Where a log's folder is made that is to be installed as a whole. */
    static Path staged(Path directory, LogId log) {
        return logs(directory).resolve(STAGED + name(log));
    }

    /** The folder of what was refused of a log. */
    public static Path quarantine(Path logFolder) {
        return logFolder.resolve("quarantine");
    }

    /** The logs that have a folder; none where there is no folder of logs yet. */
    public static SortedSet<LogId> logs(Disk disk, Path directory) throws IOException {
        SortedSet<LogId> logs = new TreeSet<>();
        if (disk.exists(logs(directory))) {
            disk.list(logs(directory)).forEach(name -> parse(name).ifPresent(logs::add));
        }
        return logs;
    }

    /**
     * Makes a directory, durably or not at all: a name whose sync failed may not be made durable by a later one, so what is tried again
     * must begin with a new name.
     */
    static void create(Disk disk, Path directory) throws IOException {
        disk.createDirectory(directory);
        try {
            disk.syncParent(directory);
        } catch (IOException e) {
            try {
                disk.delete(directory);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private static String name(LogId log) {
        return String.format("%05d-%05d", log.region(), log.shard());
    }

    private static Optional<LogId> parse(String name) {
        Matcher matcher = LOG.matcher(name);
        try {
            return matcher.matches()
                    ? Optional.of(new LogId(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) { // beyond what an id can be
            return Optional.empty();
        }
    }
}
