package io.walreceiver.server.console;

import java.io.IOException;

/** Whoever read our output has closed it, as {@code head} does: no error, but there is no point in going on. */
public final class BrokenPipe extends RuntimeException {

    private static final long serialVersionUID = 1;

    BrokenPipe(IOException cause) {
        super("the reader of the output has gone", cause, false, false);
    }
}
