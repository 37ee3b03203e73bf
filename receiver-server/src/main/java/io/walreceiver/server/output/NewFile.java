package io.walreceiver.server.output;

import io.walreceiver.server.interrupt.OnInterrupt;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files under a temporary name beside their own, and renames them when they are complete. */
public final class NewFile {

    private static final String SUFFIX = ".tmp";

    private NewFile() {}

    /**
     * Writes a file. One that is there already is replaced, at once and as a whole.
     *
     * @param file its name; its directory must exist
     * @param content writes it
     * @throws IOException if that fails; then nothing is left behind, and a file that was there already is untouched
     */
    @SuppressWarnings("try") // the resource works by being open
    public static void write(Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + SUFFIX);
        try (OnInterrupt cleanUp = OnInterrupt.run("delete-" + temporary.getFileName(), () -> delete(temporary))) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(
                    temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING))) {
                content.writeTo(out);
            }
            rename(temporary, file);
        } finally {
            delete(temporary);
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
