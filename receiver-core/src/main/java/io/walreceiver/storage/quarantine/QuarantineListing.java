package io.walreceiver.storage.quarantine;

import java.util.List;

/**
 * What lies in a quarantine.
 *
 * @param kept the segments, the one that was last seen longest ago first
 * @param damaged names of files that belong to no segment or cannot be read: what a crash left, what is being written just now, or a
 *     failing disk; sorted
 */
public record QuarantineListing(List<KeptSegment> kept, List<String> damaged) {

    public QuarantineListing {
        kept = List.copyOf(kept);
        damaged = List.copyOf(damaged);
    }
}
