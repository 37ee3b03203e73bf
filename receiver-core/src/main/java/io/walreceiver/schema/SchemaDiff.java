package io.walreceiver.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What it takes to get from a stored schema to a wanted one, and whether what was applied so far stays true under it.
 *
 * <p>A ledger keeps scores by type index, decayed with the half-life in force when each event was applied; the events themselves
 * may be gone. So a change is compatible if, and only if, every score that is there already means under the wanted schema what it
 * meant under the stored one, and every event that is still to be replayed can be applied:
 *
 * <ul>
 *   <li>A new type has no scores yet. Compatible. Its events that were skipped before stay skipped.
 *   <li>A type that is gone may have scores, and events in the log, that nobody could read or replay. Incompatible.
 *   <li>A new half-life cannot be applied to a score: that is a sum over events, each decayed with the old one. Incompatible, and
 *       so is the change between permanent and decaying.
 *   <li>A new name is a label: the scores are found by index. Compatible, as long as neither the old nor the new name belongs to
 *       another type, stored or wanted: a name that has moved says that the indexes were dealt out anew, and then the old scores
 *       stand under the wrong name though their half-life may be right. Incompatible.
 *   <li>Name and half-life both changed: another type on a used index. Incompatible.
 *   <li>The policy for invalid events and the maximum event lead decide over events to come. Compatible; what was skipped under the
 *       old ones stays skipped.
 * </ul>
 *
 * <p>Compatible does not mean that old events give the same ledger under both schemas: one may skip or hold what the other applies. So
 * a change is adopted only when a checkpoint holds everything that was applied under the stored schema, and from then on recovery must
 * not start from an older one.
 *
 * @param changes by type index, then policy and lead; empty if the two are the same
 */
public record SchemaDiff(List<Change> changes) {

    /**
     * One change.
     *
     * @param text what is stored and what is wanted, on one line; where it is incompatible, why and what to do
     * @param compatible whether it may be adopted
     */
    public record Change(String text, boolean compatible) {

        private String describe() {
            return (compatible ? "compatible:   " : "incompatible: ") + text;
        }
    }

    public SchemaDiff {
        changes = List.copyOf(changes);
    }

    /** The changes that lead from one to the other. */
    public static SchemaDiff between(StoredSchema stored, StoredSchema wanted) {
        SignalSchema before = stored.schema();
        SignalSchema after = wanted.schema();
        List<Change> changes = new ArrayList<>();
        for (int index : indexes(before, after)) {
            typeChange(index, before, after).ifPresent(changes::add);
        }
        if (stored.invalidEvents() != wanted.invalidEvents()) {
            changes.add(compatible("invalid events", stored.invalidEvents(), wanted.invalidEvents()));
        }
        if (!stored.maxEventLead().equals(wanted.maxEventLead())) {
            changes.add(compatible("maximum event lead", stored.maxEventLead(), wanted.maxEventLead()));
        }
        return new SchemaDiff(changes);
    }

    /** Whether nothing changes. */
    public boolean same() {
        return changes.isEmpty();
    }

    /** Whether all changes, if there are any, may be adopted. */
    public boolean compatible() {
        return changes.stream().allMatch(Change::compatible);
    }

    /** One line for each change, without a line break at the end. */
    public String describe() {
        return same() ? "no change" : changes.stream().map(Change::describe).collect(Collectors.joining("\n"));
    }

    private static Iterable<Integer> indexes(SignalSchema before, SignalSchema after) {
        return Stream.concat(before.types().stream(), after.types().stream())
                .map(SignalType::index)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<Change> typeChange(int index, SignalSchema before, SignalSchema after) {
        Optional<SignalType> stored = before.type(index);
        Optional<SignalType> wanted = after.type(index);
        if (stored.equals(wanted)) {
            return Optional.empty();
        }
        String what = "signal type " + index;
        if (stored.isEmpty()) {
            return Optional.of(compatible(what, "nothing", text(wanted)));
        }
        Optional<String> obstacle = wanted.isEmpty()
                ? Optional.of("its events may be in the log and its scores in the ledger; keep it in the schema")
                : obstacle(stored.get(), wanted.get(), before, after);
        return Optional.of(obstacle.map(why -> new Change(line(what, text(stored), text(wanted)) + ": " + why, false))
                .orElseGet(() -> compatible(what, text(stored), text(wanted))));
    }

    /** Why scores of the one cannot be taken for scores of the other. */
    private static Optional<String> obstacle(
            SignalType stored, SignalType wanted, SignalSchema before, SignalSchema after) {
        boolean renamed = !stored.name().equals(wanted.name());
        boolean otherDecay = !stored.halfLife().equals(wanted.halfLife());
        boolean nameMoved = renamed
                && (after.named(stored.name()).isPresent()
                        || before.named(wanted.name()).isPresent());
        if (nameMoved || renamed && otherDecay) {
            return Optional.of(
                    "the index would be used again for another type, with the scores of the stored one; keep the stored"
                            + " type and give the other an index that was never used");
        }
        return otherDecay
                ? Optional.of(
                        "its scores rest on the stored half-life; keep it, and add a type of another name and index with the"
                                + " wanted one, or replay the log into a new data directory")
                : Optional.empty();
    }

    private static Change compatible(String what, Object stored, Object wanted) {
        return new Change(line(what, stored, wanted), true);
    }

    private static String line(String what, Object stored, Object wanted) {
        return what + ": stored " + stored + ", wanted " + wanted;
    }

    private static String text(Optional<SignalType> type) {
        return type.map(one -> one.name()
                        + one.halfLife()
                                .map(life -> " (half-life " + life + ")")
                                .orElse(" (permanent)"))
                .orElse("nothing");
    }
}
