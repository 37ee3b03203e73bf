package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.storage.RecoveryFinding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was told to somebody outside, over all lives of a receiver, and what follows from it for each state found later. */
class Promises {

    private static final long[] NOW = {SentLog.START + 3_600_000_000_000L, SentLog.START + 864_000_000_000_000L};

    private final Map<LogId, Long> durable = new TreeMap<>();
    private final Map<LogId, Long> written = new TreeMap<>();
    /** Where each log stood when the new schema was last about to be stored. */
    private final Map<LogId, Long> adoptedAt = new TreeMap<>();
    /** The highest epoch of each log that was to be put on record, and that was. */
    private final Map<LogId, Long> adoptingEpochs = new TreeMap<>();

    private final Map<LogId, Long> adoptedEpochs = new TreeMap<>();
    /** Logs that were about to be dropped: they may be gone. */
    private final Set<LogId> dropping = new TreeSet<>();

    Promises copy() {
        Promises copy = new Promises();
        copy.durable.putAll(durable);
        copy.written.putAll(written);
        copy.adoptedAt.putAll(adoptedAt);
        copy.adoptingEpochs.putAll(adoptingEpochs);
        copy.adoptedEpochs.putAll(adoptedEpochs);
        copy.dropping.addAll(dropping);
        return copy;
    }

    void writing(LogId log, long through) {
        written.merge(log, through, Math::max);
    }

    /** A leader may forget this. */
    void durable(LogId log, long through) {
        assertThat(through).as("durable of log %s", log).isGreaterThanOrEqualTo(durable(log));
        durable.put(log, through);
    }

    long durable(LogId log) {
        return durable.getOrDefault(log, 0L);
    }

    void adopting(LogId log, long position) {
        adoptedAt.put(log, position);
    }

    void adoptingEpoch(LogId log, long number) {
        adoptingEpochs.merge(log, number, Math::max);
    }

    void adoptedEpoch(LogId log, long number) {
        adoptedEpochs.merge(log, number, Math::max);
    }

    void recoveredEpoch(LogId log, long number) {
        assertThat(number)
                .as("epoch of log %s", log)
                .isBetween(adoptedEpochs.getOrDefault(log, 0L), adoptingEpochs.getOrDefault(log, 0L));
    }

    /** Where a checkpoint covers all of a log, and the file for what follows was made and not written to, no batch is left. */
    void lastBatch(boolean pruned, long expected, long found) {
        assertThat(found).as("last event of the last durable batch").isIn(expected, pruned ? 0L : expected);
    }

    void dropping(LogId log) {
        dropping.add(log);
    }

    /** The log stands there now, and its leader is told. */
    final void restart(LogId log, long position) {
        durable.put(log, position);
    }

    /** What a crash may leave, whatever it is, and no more harm than that. */
    void recovered(LogId log, Recovered recovered) {
        if (dropping.remove(log) && recovered.position() == 0) {
            durable.remove(log);
            adoptedAt.replace(log, 0L);
            adoptedEpochs.remove(log);
        }
        assertThat(recovered.findings()).allMatch(finding -> finding.kind() == Kind.CUT || isUnreadable(finding));
        assertThat(recovered.rotten()).as("rotten: %s", recovered).isFalse();
        assertThat(recovered.position())
                .as("position of log %s, of what was acknowledged and what was written", log)
                .isBetween(durable(log), Math.max(durable(log), written.getOrDefault(log, 0L)));
        restart(log, recovered.position());
    }

    /** A checkpoint that could not be read, where reading was made to fail: the older one serves as well. */
    private static boolean isUnreadable(RecoveryFinding finding) {
        return finding.kind() == Kind.DAMAGED_CHECKPOINT && finding.text().contains("Input/output error");
    }

    /** Compares each pair, bit for bit, with one application of each log through its position. */
    void check(InMemorySignalLedger ledger, Map<SentLog, Long> positions, boolean newSchema) {
        InMemorySignalLedger model = InMemorySignalLedger.create(SentLog.NEW.schema());
        positions.forEach((log, position) -> log.apply(
                model.open(log.id), position, newSchema ? adoptedAt.getOrDefault(log.id, 0L) : Long.MAX_VALUE));
        for (long now : NOW) {
            assertThat(readings(ledger, now)).as("ledger at %s", positions).isEqualTo(readings(model, now));
        }
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger, long now) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(now, readings::add);
        return readings;
    }

    @Override
    public String toString() {
        return new HashMap<>(Map.of("durable", durable, "written", written, "adopted", adoptedAt)).toString();
    }
}
