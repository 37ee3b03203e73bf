package io.walreceiver.server.command;

import java.nio.file.Files;
import java.nio.file.Path;

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

    static CommandFailure missing(Path path) {
        return CommandFailure.usage(
                path + ": there is no such file or directory",
                "check the spelling; names are relative to " + Path.of("").toAbsolutePath());
    }
}
