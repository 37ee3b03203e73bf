package io.walreceiver.server.replay;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.server.console.Figures;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;

/**
 * Compares what two data directories hold of a log: the events that both still hold, byte by byte, and the pairs of both parts of the
 * ledger at the position of the one that is behind.
 */
public final class LogComparison {

    private final StoredData a;
    private final StoredData b;
    private final LogId log;

    /** What a comparison came to. */
    public enum Verdict {
        /** All that was compared is equal. */
        EQUAL("equal"),
        /** Something is not. */
        DIFFERENT("different"),
        /** What differs cannot be told. */
        NOT_COMPARABLE("not comparable");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * What came of it.
     *
     * @param verdict in a word
     * @param text in a sentence
     * @param eventsCompared how many events both hold that were found equal
     * @param pairsCompared how many pairs were found equal; 0 if they were not compared
     * @param position where they were compared
     */
    public record Result(Verdict verdict, String text, long eventsCompared, long pairsCompared, long position) {}

    /** The comparison of one log. */
    public LogComparison(StoredData a, StoredData b, LogId log) {
        this.a = a;
        this.b = b;
        this.log = log;
    }

    /**
     * Compares.
     *
     * @throws IOException if something cannot be read
     */
    public Result run() throws IOException {
        for (StoredData data : List.of(a, b)) {
            if (!data.logs().contains(log)) {
                return notComparable("nothing of it is stored in " + data.directory());
            }
        }
        StoredLog.Reading inA = a.log(log).read();
        StoredLog.Reading inB = b.log(log).read();
        if (!inA.skips().records().equals(inB.skips().records()) && !sameHoles(inA, inB)) {
            return notComparable("events were given up in one and not in the other, or not the same ones");
        }
        EventComparison events = EventComparison.of(a.log(log), b.log(log), inA.skips());
        if (events.difference().isPresent()) {
            return different(events.difference().get(), events.compared());
        }
        return pairs(Math.min(inA.position(), inB.position()), events.compared(), behind(inA, inB));
    }

    private static boolean sameHoles(StoredLog.Reading a, StoredLog.Reading b) {
        return holes(a.skips().records()).equals(holes(b.skips().records()));
    }

    /** Why and when does not matter here. */
    private static List<String> holes(List<Skip> skips) {
        return skips.stream()
                .map(skip -> skip.from() + ".." + skip.through())
                .distinct()
                .toList();
    }

    private String behind(StoredLog.Reading inA, StoredLog.Reading inB) {
        if (inA.position() == inB.position()) {
            return "";
        }
        boolean aIsBehind = inA.position() < inB.position();
        return "; " + (aIsBehind ? a : b).directory() + " ends there, " + (aIsBehind ? b : a).directory()
                + " goes on to " + Figures.count(Math.max(inA.position(), inB.position()));
    }

    private Result pairs(long position, long events, String behind) {
        if (position == 0) {
            return new Result(Verdict.EQUAL, "no event is in either" + behind, events, 0, 0);
        }
        SchemaDiff schema = SchemaDiff.between(a.schema(), b.schema());
        // A type more, or another name, changes no score.
        if (!schema.compatible() && !SchemaDiff.between(b.schema(), a.schema()).compatible()) {
            return notComparable("the schemas differ: " + schema.describe().replace("\n", "; "));
        }
        List<String> obstacles = new ArrayList<>();
        Optional<InMemorySignalLedger> partA = part(a, position, obstacles);
        Optional<InMemorySignalLedger> partB = part(b, position, obstacles);
        if (partA.isEmpty() || partB.isEmpty()) {
            return new Result(
                    Verdict.NOT_COMPARABLE,
                    "the pairs at event " + position + ": " + String.join("; ", obstacles) + "; "
                            + Figures.counted(events, "event") + " compared, which are equal",
                    events,
                    0,
                    position);
        }
        PairComparison pairs = PairComparison.of(partA.get(), partB.get());
        return pairs.difference()
                .map(difference -> different("at event " + position + ", " + difference, events))
                .orElseGet(() -> new Result(
                        Verdict.EQUAL,
                        Figures.counted(pairs.compared(), "pair") + " at event " + Figures.count(position) + ", "
                                + Figures.counted(events, "event") + " that both hold" + behind,
                        events,
                        pairs.compared(),
                        position));
    }

    /** The part of the ledger at a position; empty if it cannot be had, and then why. */
    private Optional<InMemorySignalLedger> part(StoredData data, long position, List<String> obstacles) {
        List<RecoveryFinding> findings = Collections.synchronizedList(new ArrayList<>());
        Replayed replayed = new Replay(data.schema(), data.readOnly(log, position, findings::add), outcome -> {})
                .run(Transport.of(Flux.empty()), 0);
        long reached = replayed.report()
                .status()
                .log(log)
                .map(status -> status.applied())
                .orElse(0L);
        if (reached == position) {
            return Optional.of(replayed.ledger());
        }
        obstacles.add(data.directory() + " cannot be read there: it has no checkpoint from which to go there any more"
                + (findings.isEmpty() ? "" : " (" + findings.get(0).text() + ")"));
        return Optional.empty();
    }

    private static Result different(String text, long events) {
        return new Result(Verdict.DIFFERENT, text, events, 0, 0);
    }

    private static Result notComparable(String why) {
        return new Result(Verdict.NOT_COMPARABLE, why, 0, 0, 0);
    }
}
