package io.walreceiver.spring.config;

import java.util.List;
import java.util.stream.Collectors;

/** The application cannot start: {@code wal-receiver.*} is wrong, lacks something, or contradicts itself. */
public final class InvalidConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    /**
     * Tells mistakes.
     *
     * @param mistakes one or more
     */
    public InvalidConfigurationException(List<Mistake> mistakes) {
        super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("; ")));
        this.mistakes = List.copyOf(mistakes);
    }

    /** All of them, in the order in which they were found. */
    public List<Mistake> mistakes() {
        return mistakes;
    }
}
