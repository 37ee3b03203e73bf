package io.walreceiver.storage;

import java.util.List;

/**
 * What a recovery came to.
 *
 * @param position last event recovered; 0 for none
 * @param durableBefore what is known to have been durable once: beyond {@code position} only if something rotted
 * @param findings what was not as it should be, each told to whoever runs the receiver
 */
public record Recovered(long position, long durableBefore, List<RecoveryFinding> findings) {

    public Recovered {
        findings = List.copyOf(findings);
    }

    /** Whether events that were durable are gone. */
    public boolean rotten() {
        return position < durableBefore;
    }
}
