package io.walreceiver.server.command;

/** A command cannot go on. Says what is wrong and what to do next. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;
    private final String nextStep;

    private CommandFailure(int exitCode, String message, String nextStep) {
        super(message);
        this.exitCode = exitCode;
        this.nextStep = nextStep;
    }

    /** An argument cannot be used. */
    static CommandFailure usage(String message, String nextStep) {
        return new CommandFailure(Exit.USAGE, message, nextStep);
    }

    /** Something went wrong on the way. */
    static CommandFailure failed(String message, String nextStep) {
        return new CommandFailure(Exit.FAILED, message, nextStep);
    }

    int exitCode() {
        return exitCode;
    }

    String nextStep() {
        return nextStep;
    }
}
