package io.walreceiver.server.output;

import io.walreceiver.server.interrupt.OnInterrupt;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files under a temporary name beside their own, and renames them when they are complete. */
public final class NewFile {

    private static final String SUFFIX = ".tmp";

    private NewFile() {}

    /**
     * Writes a file. One that is there already is replaced, at once and as a whole; where a link points to it, the link stays.
     * What is no file but a device or a pipe, such as {@code /dev/stdout}, is written to as it is.
     *
     * @param file its name; its directory must exist
     * @param content writes it
     * @throws IOException if that fails; then nothing is left behind, and a file that was there already is untouched
     */
    public static void write(Path file, Content content) throws IOException {
        try {
            if (!Files.exists(file)) {
                replace(file, content);
            } else if (Files.isRegularFile(file)) {
                replace(file.toRealPath(), content);
            } else {
                writeTo(file, content);
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) { // a full disk, say: the message does not tell which file
            FileSystemException named = new FileSystemException(file.toString(), null, e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    @SuppressWarnings("try") // the resource works by being open
    private static void replace(Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + SUFFIX);
        try (OnInterrupt cleanUp = OnInterrupt.run("delete-" + temporary.getFileName(), () -> delete(temporary))) {
            writeTo(temporary, content);
            rename(temporary, file);
        } finally {
            delete(temporary);
        }
    }

    private static void writeTo(Path file, Content content) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            content.writeTo(out);
        }
    }

    private static void rename(Path temporary, Path file) throws IOException {
        try {
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void delete(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            temporary.toFile().deleteOnExit();
        }
    }

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; the stream is closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }
}
