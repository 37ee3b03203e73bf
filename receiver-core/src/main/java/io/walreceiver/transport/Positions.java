package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import java.util.Map;

/** Where a follower stands: the position of each log it knows, read anew whenever a transport (re)connects. */
@FunctionalInterface
public interface Positions {

    /** Positions of a follower that has nothing yet. */
    Positions NONE = Map::of;

    /**
     * Last event that the follower holds, per log; a log that is not named stands at 0. A snapshot: it does not change. A sender may
     * take a position for an acknowledgement, so it must be durable where acknowledgements are.
     */
    Map<LogId, Long> read();
}
