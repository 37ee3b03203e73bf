package io.walreceiver.transport.netty.security;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that security rests on (a certificate, a key, a token, the list of identities) cannot be used. The message names it, says all
 * that is wrong and what to do; it never holds what a secret file holds.
 */
public final class SecurityFileException extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final transient List<String> problems;
    private final transient String nextStep;

    SecurityFileException(Path file, String problem, String nextStep) {
        this(file, List.of(problem), nextStep, null);
    }

    SecurityFileException(Path file, List<String> problems, String nextStep, @Nullable Throwable cause) {
        super(file + ": " + String.join("; ", problems) + "; " + nextStep, cause);
        this.file = file;
        this.problems = List.copyOf(problems);
        this.nextStep = nextStep;
    }

    /** The file at fault. */
    public Path file() {
        return file;
    }

    /** What is wrong: one or more, in the order of their places. */
    public List<String> problems() {
        return problems;
    }

    /** What to do, an imperative. */
    public String nextStep() {
        return nextStep;
    }
}
