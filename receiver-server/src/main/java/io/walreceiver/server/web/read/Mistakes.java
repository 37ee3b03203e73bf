package io.walreceiver.server.web.read;

import io.walreceiver.server.web.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with a request, to be told at once. */
final class Mistakes {

    private static final int MOST_TOLD = 20;

    private final List<String> told = new ArrayList<>();
    private int count;

    void add(String what) {
        count++;
        if (told.size() < MOST_TOLD) {
            told.add(what);
        }
    }

    /** Fails, with status 400, if anything is wrong. */
    void check() {
        if (count > 0) {
            String more = count > told.size() ? "; and " + (count - told.size()) + " more" : "";
            throw ProblemException.badRequest(String.join("; ", told) + more).with("mistakes", List.copyOf(told));
        }
    }
}
