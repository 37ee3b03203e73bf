package io.walreceiver.storage;

/** A storage cannot be opened. The message says what, where, what was expected and found, and what to do. */
public final class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Why it cannot be opened. */
    public enum Reason {
        /** Another receiver uses it. */
        LOCKED,
        /** There is no such directory, and it cannot be made. */
        MISSING,
        /** It cannot be written to. */
        NOT_WRITABLE,
        /** The directory holds something else. */
        NOT_A_DATA_DIRECTORY,
        /** A newer version of this program wrote it. */
        NEWER_FORMAT,
        /** A file that it cannot do without is damaged. */
        DAMAGED,
        /** What is stored was applied under a schema that differs from the one wanted. */
        OTHER_SCHEMA,
        /** There is no room left where it lies. */
        DISK_FULL,
        /** Reading or writing failed. */
        IO
    }

    private final Reason reason;

    public StorageException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public StorageException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
