package io.walreceiver.transport.netty.security;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The options that say how files are looked at, which a server and a client share. */
final class Looking {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(1);

    private Duration interval = Duration.ofSeconds(10);
    private @Nullable Scheduler timer;
    private @Nullable Scheduler disk;

    void every(Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lookEvery " + value + ": expected " + SHORTEST + " to " + LONGEST);
        }
        interval = value;
    }

    void timer(Scheduler scheduler) {
        timer = scheduler;
    }

    void disk(Scheduler scheduler) {
        disk = scheduler;
    }

    /** Opens something that looks at files from then on. */
    <T> T open(Opening<T> opening, Consumer<T> look) throws SecurityFileException {
        FileWatch watch = new FileWatch(timer, disk);
        try {
            T opened = opening.open(watch);
            watch.start(interval, () -> look.accept(opened));
            return opened;
        } catch (SecurityFileException | RuntimeException e) {
            watch.close();
            throw e;
        }
    }

    /** Reads the files for the first time. */
    @FunctionalInterface
    interface Opening<T> {
        T open(FileWatch watch) throws SecurityFileException;
    }
}
