package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** Gives the operating system's errors a file and a reason, and tells a full disk from the rest. */
final class DiskErrors {

    /** Bytes that an operation on names may need. */
    static final long A_BLOCK = 4096;

    private DiskErrors() {}

    /** The error of a java.nio operation that names its file by itself. */
    static IOException named(Path file, IOException e) {
        return tellsNoMore(e) && full(file, A_BLOCK, e) ? new DiskFullException(e.getMessage() + whatToDo(file), e) : e;
    }

    /**
     * The error of an operation that does not say its file.
     *
     * @param doing what failed, such as "cannot sync"
     * @param bytes how many it needed room for
     */
    static IOException unnamed(Path file, String doing, long bytes, IOException e) {
        if (!tellsNoMore(e)) {
            return e;
        }
        String reason = doing + ": " + reason(e);
        if (bytes > 0 && full(file, bytes, e)) {
            return new DiskFullException(file + ": " + reason + whatToDo(file), e);
        }
        FileSystemException named = new FileSystemException(file.toString(), null, reason);
        named.initCause(e);
        return named;
    }

    /** Whether the kind of the error does not already say what went wrong. */
    private static boolean tellsNoMore(IOException e) {
        return !(e instanceof FileSystemException) || e.getClass() == FileSystemException.class;
    }

    /** By the system's words or, since these come in every language, by the room that is left. */
    private static boolean full(Path file, long bytes, IOException e) {
        String reason = reason(e).toLowerCase(Locale.ROOT);
        return Stream.of("no space left", "quota", "not enough space").anyMatch(reason::contains)
                || usableSpace(file) < bytes;
    }

    /** Without the file's name, which may hold any word. */
    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, "no reason was given");
    }

    private static String whatToDo(Path file) {
        long usable = usableSpace(file);
        return usable == Long.MAX_VALUE ? "; make room" : "; " + usable + " bytes are usable there: make room";
    }

    /** Bytes; the largest number where that is not known, or where nothing can be written for another reason. */
    private static long usableSpace(Path file) {
        try {
            FileStore store = Files.getFileStore(
                    Files.exists(file) ? file : file.toAbsolutePath().getParent());
            return store.isReadOnly() ? Long.MAX_VALUE : store.getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
