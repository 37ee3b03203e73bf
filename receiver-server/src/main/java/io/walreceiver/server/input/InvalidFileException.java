package io.walreceiver.server.input;

import java.util.List;
import java.util.stream.Collectors;

/** A file that was written by hand holds mistakes: all that could be found at once. */
public final class InvalidFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Mistake> mistakes;

    /** All mistakes of a file, one or more. */
    public InvalidFileException(List<Mistake> mistakes) {
        super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** The mistakes, in the order of their places; one or more. */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
