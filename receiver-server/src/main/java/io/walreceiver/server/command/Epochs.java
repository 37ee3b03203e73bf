package io.walreceiver.server.command;

import io.walreceiver.transport.LeaderEpoch;

/** Reads a leader's epoch from options. */
final class Epochs {

    private Epochs() {}

    static LeaderEpoch of(long number, long start) {
        try {
            return new LeaderEpoch(number, start);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--epoch: " + e.getMessage(), "leave it out where leaders have no epochs");
        }
    }
}
