package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks that what an argument names can be used, before anything is done. */
final class Arguments {

    private Arguments() {}

    /** A file that can be read. */
    static Path file(Path path) {
        if (!Files.exists(path)) {
            throw missing(path);
        }
        if (Files.isDirectory(path)) {
            throw CommandFailure.usage(path + " is a directory", "name a file");
        }
        if (!Files.isReadable(path)) {
            throw CommandFailure.usage(
                    path + " cannot be read: access is denied", "see who may read it: ls -l " + path);
        }
        return path;
    }

    /** A directory that can be read. */
    static Path directory(Path path) {
        if (!Files.exists(path)) {
            throw missing(path);
        }
        if (!Files.isDirectory(path)) {
            throw CommandFailure.usage(path + " is a file", "name the directory that holds the segments");
        }
        if (!Files.isReadable(path)) {
            throw CommandFailure.usage(
                    path + " cannot be read: access is denied", "see who may read it: ls -ld " + path);
        }
        return path;
    }

    /** A data directory. */
    static StoredData data(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw CommandFailure.usage(path + " is a file", "name the data directory of a receiver");
        }
        return StoredData.in(directory(path));
    }

    /** A log of a data directory of which something is stored. */
    static StoredLog log(StoredData data, LogId log) throws IOException {
        if (!data.logs().contains(log)) {
            throw CommandFailure.usage(
                    "log " + log + ": nothing of it is stored in " + data.directory(),
                    "name one of "
                            + data.logs().stream().map(LogId::toString).collect(Collectors.joining(", "))
                            + "; " + Shell.command("receiver status") + " shows them");
        }
        return data.log(log);
    }

    /** A directory that exists and can be written to. */
    static Path writable(String option, Path path) {
        if (!Files.isDirectory(path)) {
            throw CommandFailure.usage(option + ": " + path + " is a file", "name a directory");
        }
        if (!Files.isWritable(path)) {
            throw CommandFailure.usage(
                    option + ": " + path + " cannot be written to: access is denied",
                    "see who may write to it: ls -ld " + path);
        }
        return path;
    }

    /** A directory to write into, which is created later if it is not there yet. */
    static Path output(String option, Path path) {
        @Nullable Path there = path.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there != null) {
            writable(option, Files.exists(path) ? path : there);
        }
        return path;
    }

    /** Without those that were named before, be it in another spelling; each is told of. All must exist. */
    static List<Path> distinct(Console console, List<Path> paths) throws IOException {
        Map<Path, Path> spellings = new LinkedHashMap<>();
        for (Path path : paths) {
            @Nullable Path first = spellings.putIfAbsent(path.toRealPath(), path);
            if (first != null) {
                console.warning(path + (path.equals(first) ? " is named twice" : " is " + first + " again")
                        + ", and is read once");
            }
        }
        return List.copyOf(spellings.values());
    }

    static CommandFailure missing(Path path) {
        return CommandFailure.usage(
                path + ": there is no such file or directory",
                "check the spelling; names are relative to " + Path.of("").toAbsolutePath());
    }
}
