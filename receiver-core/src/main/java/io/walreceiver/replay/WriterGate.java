package io.walreceiver.replay;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets a cancelled receiver close a log's part without a lock on the writer's path: whoever comes last, the writer at work or the
 * one who closes, does the closing.
 */
final class WriterGate {

    private enum State {
        IDLE,
        BUSY,
        CLOSING,
        CLOSED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    /** Writer: starts work; false if the log is closed. */
    boolean enter() {
        return state.compareAndSet(State.IDLE, State.BUSY);
    }

    /** Writer: ends work; true if the caller must close the part. */
    boolean leave() {
        if (state.compareAndSet(State.BUSY, State.IDLE)) {
            return false;
        }
        return state.compareAndSet(State.CLOSING, State.CLOSED);
    }

    /** From any thread, any number of times; true if the caller must close the part. */
    boolean close() {
        while (true) {
            switch (state.get()) {
                case IDLE -> {
                    if (state.compareAndSet(State.IDLE, State.CLOSED)) {
                        return true;
                    }
                }
                case BUSY -> {
                    if (state.compareAndSet(State.BUSY, State.CLOSING)) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }
}
