package io.walreceiver.storage.disk;

/**
 * The machine or the process of a {@link SimulatedDisk} is gone. An error, so that no {@code catch (IOException)} or {@code catch
 * (RuntimeException)} of the code under test goes on after it; none of those that Reactor holds for fatal, so that a pipeline ends
 * with it.
 */
public final class SimulatedCrash extends Error {

    private static final long serialVersionUID = 1;

    SimulatedCrash(String message) {
        super(message);
    }
}
