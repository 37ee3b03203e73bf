package io.walreceiver.server.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Keeps warnings from the log while something is done that is meant to go wrong. */
final class Quiet {

    private Quiet() {}

    /** Work that reads or writes. */
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T runIo(Work<T> work) throws IOException {
        return runIo(Level.ERROR, work);
    }

    /** The same, with another level. */
    static <T> T runIo(Level level, Work<T> work) throws IOException {
        try {
            return run(level, () -> {
                try {
                    return work.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static <T> T run(Supplier<T> work) {
        return run(Level.ERROR, work);
    }

    /** Keeps everything below a level from the log: all of it, where the command tells what failed itself. */
    static <T> T run(Level level, Supplier<T> work) {
        if (!(LoggerFactory.getLogger("io.walreceiver") instanceof Logger logger)) {
            return work.get();
        }
        Level before = logger.getLevel();
        logger.setLevel(level);
        try {
            return work.get();
        } finally {
            logger.setLevel(before);
        }
    }
}
