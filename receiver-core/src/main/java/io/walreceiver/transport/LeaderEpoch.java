package io.walreceiver.transport;

/**
 * A reign over one log: whoever leads it after another does so under a higher number. What two leaders wrote agrees through where the
 * later one began.
 *
 * @param number 1 or more; grows with each new leader
 * @param start last event that the new leader took over from the one before; 0 if it began the log
 */
public record LeaderEpoch(long number, long start) {

    public LeaderEpoch {
        if (number < 1 || start < 0) {
            throw new IllegalArgumentException(
                    "leader epoch " + number + " from " + start + ": expected 1 or more, from 0 or more");
        }
    }

    @Override
    public String toString() {
        return "epoch " + number + " (since event " + start + ")";
    }
}
