package io.walreceiver.server.web.live;

import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;

/**
 * A segment that was refused.
 *
 * @param atMillis when, in milliseconds since the Unix epoch
 * @param fault what is wrong with it
 */
record Refusal(long atMillis, SegmentFault fault) {

    LogId log() {
        return fault.segment().log();
    }
}
