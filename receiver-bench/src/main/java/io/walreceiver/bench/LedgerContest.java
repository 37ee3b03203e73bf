package io.walreceiver.bench;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import java.util.HashMap;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The ledgers alone, from empty, with events read in place: a map of objects, and the built-in one. One thread. */
final class LedgerContest {

    private final List<List<SegmentView>> logs;
    private final long events;
    private PlainLedger plain = new PlainLedger(new HashMap<>());
    private InMemorySignalLedger builtIn = InMemorySignalLedger.create(Workload.SCHEMA);

    LedgerContest(List<List<WalSegmentPayload>> logs) {
        this.logs = logs.stream()
                .map(log -> log.stream().map(SegmentDecoder::decode).collect(Collectors.toList()))
                .toList();
        this.events = this.logs.stream()
                .flatMap(List::stream)
                .mapToLong(SegmentView::eventCount)
                .sum();
    }

    void run(int warmups, int rounds) throws Exception {
        new Contest("events into the ledger, from empty", "M events/s", events / 1e6)
                .with("HashMap of objects", this::intoMap)
                .with("built-in ledger", this::intoBuiltIn)
                .with("built-in ledger, batch by batch", this::batchesIntoBuiltIn)
                .run(warmups, rounds);
        Agreement.check(plain, builtIn);
        builtIn = InMemorySignalLedger.create(Workload.SCHEMA);
        long both = usedBytes();
        long pairs = plain.size();
        plain = new PlainLedger(new HashMap<>());
        long none = usedBytes();
        intoBuiltIn();
        System.out.printf(
                "%,d pairs: %.0f bytes of heap each, and %.1f%n",
                pairs, (double) (both - none) / pairs, (double) (usedBytes() - none) / pairs);
    }

    /** Whole segments against their batches, without the map. */
    void runForms(int warmups, int rounds) throws Exception {
        batchesIntoBuiltIn();
        long ofBatches = sumOf(builtIn);
        intoBuiltIn();
        if (sumOf(builtIn) != ofBatches) {
            throw new AssertionError("whole segments give other answers than their batches");
        }
        long pairs = builtIn.pairs();
        String title = "events into the ledger, %,d pairs a log, %,d events a segment"
                .formatted(pairs / logs.size(), logs.get(0).get(0).eventCount());
        new Contest(title, "M events/s", events / 1e6)
                .with("batch by batch", this::batchesIntoBuiltIn)
                .with("built-in ledger", this::intoBuiltIn)
                .run(warmups, rounds);
    }

    /** Whatever the order of the pairs. */
    private static long sumOf(InMemorySignalLedger ledger) {
        long[] sum = new long[1];
        ledger.forEach(ledger.newestEventNanos(), reading -> sum[0] += reading.hashCode() * 0x9E3779B97F4A7C15L);
        return sum[0];
    }

    PlainLedger plain() {
        return plain;
    }

    Took intoMap() throws Exception {
        plain = new PlainLedger(new HashMap<>());
        System.gc();
        return Took.by(this::fillMap);
    }

    private void fillMap() {
        for (List<SegmentView> log : logs) {
            for (SegmentView segment : log) {
                for (int b = 0; b < segment.batchCount(); b++) {
                    EventBatch batch = segment.batch(b);
                    for (int i = 0; i < batch.count(); i++) {
                        plain.applyWalEvent(
                                batch.entityId(i), batch.signalType(i), batch.weight(i), batch.timestampNanos(i));
                    }
                }
            }
        }
    }

    private Took intoBuiltIn() throws Exception {
        return into(InMemorySignalLedger.create(Workload.SCHEMA));
    }

    Took into(InMemorySignalLedger ledger) throws Exception {
        return into(ledger, (part, segment) -> part.apply(segment, segment.firstSeq()));
    }

    private Took batchesIntoBuiltIn() throws Exception {
        return into(InMemorySignalLedger.create(Workload.SCHEMA), LedgerContest::applyBatches);
    }

    private Took into(InMemorySignalLedger ledger, BiConsumer<LedgerPart, SegmentView> apply) throws Exception {
        builtIn = ledger;
        System.gc();
        return Took.by(() -> fillBuiltIn(apply));
    }

    private static void applyBatches(LedgerPart part, SegmentView segment) {
        for (int b = 0; b < segment.batchCount(); b++) {
            EventBatch batch = segment.batch(b);
            part.apply(batch, batch.lastSeq());
        }
    }

    private void fillBuiltIn(BiConsumer<LedgerPart, SegmentView> apply) {
        for (List<SegmentView> log : logs) {
            LedgerPart part = builtIn.open(log.get(0).log());
            for (SegmentView segment : log) {
                apply.accept(part, segment);
            }
        }
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
