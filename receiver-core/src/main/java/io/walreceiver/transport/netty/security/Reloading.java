package io.walreceiver.transport.netty.security;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * What was made of files, made again when they have changed. What cannot be used changes nothing: the last good one stays, and a
 * warning says why, at once and then every hour.
 *
 * <p>{@link #current} and {@link #problem} may be called from any thread and return at once. {@link #look} blocks, and is not called by
 * several threads at once.
 */
final class Reloading<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);
    private static final long REMIND_MILLIS = Duration.ofHours(1).toMillis();

    private final Loader<T> loader;
    private final Scheduler timer;
    private FileSnapshot files;
    private long remindMillis;
    private volatile T current;
    private volatile @Nullable String problem;

    private Reloading(Loader<T> loader, Scheduler timer, FileSnapshot files, T current) {
        this.loader = loader;
        this.timer = timer;
        this.files = files;
        this.current = current;
    }

    /**
     * Reads the files for the first time.
     *
     * @throws SecurityFileException if they cannot be used
     */
    static <T> Reloading<T> load(Loader<T> loader, Scheduler timer) throws SecurityFileException {
        FileSnapshot files = new FileSnapshot();
        return new Reloading<>(loader, timer, files, logged(loader.load(files)));
    }

    T current() {
        return current;
    }

    /** What is wrong with the files as they are now; empty if they are in use. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Looks whether the files have changed.
     *
     * @return whether there is something new
     */
    boolean look() {
        if (files.isCurrent()) {
            remind();
            return false;
        }
        FileSnapshot now = new FileSnapshot();
        try {
            T loaded = logged(loader.load(now));
            current = loaded;
            problem = null;
            return true;
        } catch (SecurityFileException e) {
            problem = e.getMessage();
            warn();
            return false;
        } finally {
            files = now;
        }
    }

    private void remind() {
        if (problem != null && timer.now(TimeUnit.MILLISECONDS) >= remindMillis) {
            warn();
        }
    }

    private void warn() {
        remindMillis = timer.now(TimeUnit.MILLISECONDS) + REMIND_MILLIS;
        LOG.warn("{}; what was read before stays in use", problem);
    }

    private static <T> T logged(Loaded<T> loaded) {
        loaded.warnings().forEach(LOG::warn);
        return loaded.value();
    }

    /** Makes something of files. */
    @FunctionalInterface
    interface Loader<T> {

        /**
         * Reads through the given one, and blocks.
         *
         * @throws SecurityFileException if nothing can be made of them
         */
        Loaded<T> load(FileSnapshot files) throws SecurityFileException;
    }
}
