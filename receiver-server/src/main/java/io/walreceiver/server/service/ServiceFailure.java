package io.walreceiver.server.service;

/** The service cannot be started. Says what is wrong and what to do next. */
public final class ServiceFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean usage;
    private final String nextStep;

    private ServiceFailure(boolean usage, String message, String nextStep) {
        super(message);
        this.usage = usage;
        this.nextStep = nextStep;
    }

    /** Something was said that cannot be used. */
    static ServiceFailure usage(String message, String nextStep) {
        return new ServiceFailure(true, message, nextStep);
    }

    /** Something went wrong. */
    static ServiceFailure failed(String message, String nextStep) {
        return new ServiceFailure(false, message, nextStep);
    }

    /** Whether other options would help. */
    public boolean isUsage() {
        return usage;
    }

    /** What to do next; command lines in it begin with {@code receiver}. */
    public String nextStep() {
        return nextStep;
    }
}
