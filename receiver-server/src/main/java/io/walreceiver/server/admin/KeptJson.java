package io.walreceiver.server.admin;

import io.walreceiver.storage.quarantine.KeptSegment;

/** A refused segment that is kept aside, as JSON. */
public record KeptJson(
        String name,
        String segment,
        long eventsClaimed,
        long bytes,
        String blake3,
        boolean bytesKept,
        String cause,
        String firstSeen,
        String lastSeen,
        long count) {

    /** Of a segment. */
    public static KeptJson of(KeptSegment kept) {
        return new KeptJson(
                kept.name(),
                kept.segment().toString(),
                kept.eventCount(),
                kept.sizeBytes(),
                kept.blake3(),
                kept.bytesKept(),
                kept.cause(),
                kept.firstSeen().toString(),
                kept.lastSeen().toString(),
                kept.count());
    }
}
