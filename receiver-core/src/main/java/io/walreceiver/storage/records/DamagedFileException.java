package io.walreceiver.storage.records;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of a data directory does not hold what was written to it. The message says what and where, what was expected and found,
 * and what to do.
 */
public final class DamagedFileException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Path file;

    /**
     * A damaged file.
     *
     * @param what what was checked, and where in the file
     * @param whatToDo the next step, an imperative
     */
    public DamagedFileException(Path file, String what, Object expected, Object found, String whatToDo) {
        super(file + ": " + what + ": expected " + expected + ", found " + found + "; " + whatToDo);
        this.file = file;
    }

    /** The file that is damaged. */
    public Path file() {
        return file;
    }
}
