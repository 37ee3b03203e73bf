package io.walreceiver.server.verify;

import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;
import java.util.Optional;

/** What is wrong with a segment, for people. */
public final class FaultText {

    private FaultText() {}

    /** The fault in one sentence; it leaves out which segment it is where nothing says. */
    public static String of(Optional<WalSegmentId> id, SegmentFault fault) {
        String whole = fault.describe();
        return id.isPresent() ? whole : whole.substring(whole.indexOf(", ") + 2);
    }
}
