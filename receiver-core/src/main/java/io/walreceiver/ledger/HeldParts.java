package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import java.util.Arrays;
import java.util.Comparator;

/** The parts of a ledger at one moment, and where to look for an entity. Immutable. */
final class HeldParts {

    private static final Part[] NONE = {};

    private final Owners owners;
    private final Part[] all;
    /** Whose parts they are, and of each an array of it alone. */
    private final LogId[] logs;

    private final Part[][] alone;

    private HeldParts(Owners owners, Part[] all) {
        this.owners = owners;
        this.all = all;
        this.logs = Arrays.stream(all).map(Part::log).toArray(LogId[]::new);
        this.alone = Arrays.stream(all).map(part -> new Part[] {part}).toArray(Part[][]::new);
    }

    static HeldParts none(Owners owners) {
        return new HeldParts(owners, NONE);
    }

    /** These, and one in place of what there was of its log. */
    HeldParts with(Part part) {
        Part[] others = Arrays.stream(all)
                .filter(held -> !held.log().equals(part.log()))
                .toArray(Part[]::new);
        if (others.length == PairOrder.MAX_PARTS) {
            throw new IllegalStateException("a ledger holds at most " + PairOrder.MAX_PARTS + " logs");
        }
        Part[] next = Arrays.copyOf(others, others.length + 1);
        next[others.length] = part;
        Arrays.sort(next, Comparator.comparing(Part::log));
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
        int at = Arrays.binarySearch(logs, owner);
        return at < 0 ? NONE : alone[at];
    }

    /** How many of them a pair lies in at the most. */
    int mostOfOnePair() {
        return owners.areKnown() ? Math.min(1, all.length) : all.length;
    }
}
