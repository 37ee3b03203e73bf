package io.walreceiver.server.admin;

import io.walreceiver.storage.records.Skip;

/** Events that were given up, as JSON. */
public record SkipJson(long from, long through, String at, String reason) {

    /** Of a record. */
    public static SkipJson of(Skip skip) {
        return new SkipJson(skip.from(), skip.through(), skip.at().toString(), skip.reason());
    }
}
