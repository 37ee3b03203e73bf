package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import java.util.Arrays;

/** The parts of a ledger at one moment, and where to look for an entity. Immutable. */
final class HeldParts {

    private static final Part[] NONE = {};

    private final Owners owners;
    /** In the order of their logs' ids. */
    private final Part[] all;

    private HeldParts(Owners owners, Part[] all) {
        this.owners = owners;
        this.all = all;
    }

    static HeldParts none(Owners owners) {
        return new HeldParts(owners, NONE);
    }

    /** These, and one in place of what there was of its log. */
    HeldParts with(Part part) {
        int at = search(part.log());
        if (at >= 0) {
            Part[] next = all.clone();
            next[at] = part;
            return new HeldParts(owners, next);
        }
        if (all.length == PairOrder.MAX_PARTS) {
            throw new IllegalStateException("a ledger holds at most " + PairOrder.MAX_PARTS + " logs");
        }
        Part[] next = Arrays.copyOf(all, all.length + 1);
        System.arraycopy(all, -at - 1, next, -at, all.length + at + 1);
        next[-at - 1] = part;
        return new HeldParts(owners, next);
    }

    /** All of them, in the order of their logs' ids. Not to be changed. */
    Part[] all() {
        return all;
    }

    /** Those that may hold something of an entity, in the order of their logs' ids. Not to be changed. */
    Part[] of(long entityId) {
        LogId owner = owners.of(entityId);
        if (owner == null) {
            return all;
        }
        int at = search(owner);
        return at < 0 ? NONE : all[at].alone();
    }

    /** How many of them a pair lies in at the most. */
    int mostOfOnePair() {
        return owners.ownEveryPair() ? Math.min(1, all.length) : all.length;
    }

    /** Where the part of a log is, or one below the negative of where it would be put. */
    private int search(LogId log) {
        int low = 0;
        int high = all.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = all[middle].log().compareTo(log);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }
}
