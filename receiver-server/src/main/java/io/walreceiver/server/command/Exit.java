package io.walreceiver.server.command;

/** Exit codes, the same for every command. */
public final class Exit {

    /** Done, and all is well. */
    public static final int OK = 0;
    /** Something failed, or {@code verify} or {@code inspect} found a file that is not intact. */
    public static final int FAILED = 1;
    /** The arguments, or a file that they name, cannot be used; nothing was done. */
    public static final int USAGE = 2;
    /** Replayed, but a log stopped short: a gap or a refused segment is left. */
    public static final int INCOMPLETE = 3;
    /** {@code diff}: the two differ. */
    public static final int DIFFERENT = 1;
    /** {@code diff}: something could not be compared. */
    public static final int NOT_COMPARABLE = 3;
    /** Whoever read the output closed it first; what a shell calls SIGPIPE. */
    public static final int BROKEN_PIPE = 141;

    static final String HEADING = "%nExit codes:%n";
    static final String OK_TEXT = "0:done, and all is well";
    static final String FAILED_TEXT = "1:something failed";
    static final String USAGE_TEXT = "2:an argument, or a file that it names, cannot be used";
    static final String INCOMPLETE_TEXT = "3:a log stopped short: a gap or a refused segment is left";

    private Exit() {}
}
