package io.walreceiver.ledger;

import io.walreceiver.format.LogId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a ledger at one moment, and where to look for an entity. Immutable. */
final class HeldParts {

    private static final Part[] NONE = {};

    private final Owners owners;
    private final Part[] all;
    /** Of each log: an array of its part alone. */
    private final Map<LogId, Part[]> byLog = new HashMap<>();

    private HeldParts(Owners owners, Part[] all) {
        this.owners = owners;
        this.all = all;
        for (Part part : all) {
            byLog.put(part.log(), new Part[] {part});
        }
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
        Part @Nullable [] alone = byLog.get(owner);
        return alone == null ? NONE : alone;
    }

    /** How many of them a pair lies in at the most. */
    int mostOfOnePair() {
        return owners.areKnown() ? Math.min(1, all.length) : all.length;
    }
}
