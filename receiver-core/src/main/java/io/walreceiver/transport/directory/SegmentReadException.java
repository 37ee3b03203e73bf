package io.walreceiver.transport.directory;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory or a segment file in it cannot be read. The message says what and where, what was expected and found, and what to
 * do; further files that failed in the same run are {@linkplain #getSuppressed() suppressed} exceptions.
 */
public final class SegmentReadException extends RuntimeException {

    private final transient Path path;

    SegmentReadException(Path path, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.path = path;
    }

    /** The directory or file that cannot be read. */
    public Path path() {
        return path;
    }
}
