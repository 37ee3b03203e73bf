package io.walreceiver.server.verify;

import io.walreceiver.format.WalSegmentId;
import java.util.Optional;

/**
 * The result of a check.
 *
 * @param check what was checked
 * @param id which segment it is: as it was said to be, else by its first header; empty if neither says
 * @param verdict the verdict
 * @param reason why; empty if all is well
 * @param events how many events the headers hold, as far as they can be followed
 * @param checksumsDisputed whether two implementations of the checksum contradict each other
 */
public record FileVerdict(
        FileCheck check,
        Optional<WalSegmentId> id,
        Verdict verdict,
        String reason,
        long events,
        boolean checksumsDisputed) {

    /** Whether a manifest expects another verdict. */
    public boolean differs() {
        return check.expected()
                .map(expected -> !expected.equals(verdict.toString()))
                .orElse(false);
    }
}
