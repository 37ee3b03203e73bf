package io.walreceiver.server.input;

import io.walreceiver.server.input.Node.Entry;
import io.walreceiver.server.input.Node.Mapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Gathers what is wrong, so that all of it can be told at once. Not safe for use by several threads. */
public final class Mistakes {

    private final List<Mistake> found = new ArrayList<>();

    /** None yet. */
    public Mistakes() {}

    /** Something is wrong here. */
    public void add(Mistake mistake) {
        found.add(mistake);
    }

    /** Something is wrong with a piece of a file. */
    public void add(String file, Node at, String what) {
        add(new Mistake(file, at.line(), at.column(), what));
    }

    /**
     * Keys that are not known, or written twice, are mistakes.
     *
     * @param what the mapping is, for the message
     */
    public void checkKeys(String file, Mapping mapping, String what, Collection<String> known) {
        Set<String> seen = new HashSet<>();
        for (Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (!known.contains(key)) {
                add(
                        file,
                        entry.key(),
                        "unknown key " + entry.key().found()
                                + Nearest.to(key, known)
                                        .map(near -> " (is " + near + " meant?)")
                                        .orElse("")
                                + "; " + what + " has the keys " + String.join(", ", known));
            } else if (!seen.add(key)) {
                add(file, entry.key(), "the key " + key + " is written twice");
            }
        }
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return found.isEmpty();
    }

    /** All of them, in the order of their places. There must be one. */
    public InvalidFileException asException() {
        List<Mistake> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing(Mistake::file)
                .thenComparingInt(Mistake::line)
                .thenComparingInt(Mistake::column));
        return new InvalidFileException(sorted);
    }
}
