package io.walreceiver.bench;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Events per second of the stages by themselves, one after the other on one thread: verify, check the events, apply. What the
 * pipeline adds to it is the pipeline's own cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class ReplayBenchmark {

    private static final int EVENTS = 6_400_000;

    private final SegmentVerifier verifier = new SegmentVerifier(BatchHasher.bouncyCastle());
    private final EventRules rules = new EventRules(Workload.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);
    private final List<List<WalSegmentPayload>> logs = new ArrayList<>();

    /** Makes the segments. */
    @Setup
    public void makeSegments() {
        for (int shard = 0; shard < Workload.STANDARD_LOGS; shard++) {
            logs.add(Workload.standard().segments(shard));
        }
    }

    /** The standard workload into a ledger that starts empty. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public InMemorySignalLedger stages() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        long events = 0;
        for (List<WalSegmentPayload> log : logs) {
            LedgerPart part = ledger.open(log.get(0).log());
            for (WalSegmentPayload payload : log) {
                SegmentView segment = ((Verified) verifier.verify(payload)).segment();
                Work.check(rules.firstInvalid(segment).isEmpty());
                for (int b = 0; b < segment.batchCount(); b++) {
                    EventBatch batch = segment.batch(b);
                    part.apply(batch, batch.lastSeq());
                }
                events += segment.eventCount();
            }
        }
        Work.check(events == EVENTS);
        return ledger;
    }
}
