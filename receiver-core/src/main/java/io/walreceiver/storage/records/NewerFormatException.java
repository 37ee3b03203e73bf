package io.walreceiver.storage.records;

import java.io.IOException;
import java.nio.file.Path;

/** A data directory was written by a later version, which this one cannot read. Nothing in it was changed. */
public final class NewerFormatException extends IOException {

    private static final long serialVersionUID = 1;

    private final int stored;
    private final int known;

    NewerFormatException(Path file, int stored, int known) {
        super(file + ": written by a later version: expected format " + known + " or lower, found format " + stored
                + "; use the version that wrote it, or a later one");
        this.stored = stored;
        this.known = known;
    }

    /** The format of the directory. */
    public int stored() {
        return stored;
    }

    /** The latest format that is understood here. */
    public int known() {
        return known;
    }
}
