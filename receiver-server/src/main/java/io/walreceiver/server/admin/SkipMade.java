package io.walreceiver.server.admin;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.quarantine.KeptSegment;
import io.walreceiver.storage.records.Skip;
import java.util.List;

/**
 * Events of a log that were given up.
 *
 * @param log as {@code region:shard}
 * @param keptAside refused copies of them that are kept aside
 */
public record SkipMade(String log, SkipJson skip, List<KeptJson> keptAside) {

    public SkipMade {
        keptAside = List.copyOf(keptAside);
    }

    /** Of a record, with those of what is kept aside that it overlaps. */
    public static SkipMade of(LogId log, Skip skip, List<KeptSegment> kept) {
        return new SkipMade(
                log.toString(),
                SkipJson.of(skip),
                kept.stream()
                        .filter(one -> overlaps(one, skip))
                        .map(KeptJson::of)
                        .toList());
    }

    /** As far as its sender can be believed. */
    private static boolean overlaps(KeptSegment kept, Skip skip) {
        long first = kept.segment().seqno();
        return first <= skip.through() && first + Math.max(1, kept.eventCount()) > skip.from();
    }
}
