package io.walreceiver.server.command;

import io.walreceiver.storage.records.Skip;

/** Events that were given up, as JSON. */
record SkipJson(long from, long through, String at, String reason) {

    static SkipJson of(Skip skip) {
        return new SkipJson(skip.from(), skip.through(), skip.at().toString(), skip.reason());
    }
}
