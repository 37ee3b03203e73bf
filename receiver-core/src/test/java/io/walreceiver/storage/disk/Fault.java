package io.walreceiver.storage.disk;

import java.nio.file.Path;
import java.util.function.Predicate;

/** When operations of one kind fail. */
final class Fault {

    private Predicate<Path> files = file -> false;
    /** How many operations until the one that fails; 0 or less for none. */
    private long countdown;

    void at(long nth) {
        if (nth < 1) {
            throw new IllegalArgumentException("the next one is the 1st, not the " + nth + "th");
        }
        countdown = nth;
    }

    void of(Predicate<Path> chosen) {
        files = chosen;
    }

    void none() {
        files = file -> false;
        countdown = 0;
    }

    /** Counts an operation. */
    boolean strikes(Path file) {
        countdown--;
        return countdown == 0 || files.test(file);
    }
}
