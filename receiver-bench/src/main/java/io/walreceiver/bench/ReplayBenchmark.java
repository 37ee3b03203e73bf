package io.walreceiver.bench;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.transport.inprocess.InProcessLeader;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

/**
 * Events per second from segments to ledger, with nothing on disk. What the pipeline takes beyond the stages by themselves is its own
 * cost, as long as it has one thread too; more threads take logs side by side.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class ReplayBenchmark {

    private static final int EVENTS = 6_400_000;
    private static final long WINDOW_BYTES = 48 << 20;

    /** Size of the segments: a leader's usual ones, or one batch each. */
    @Param({"16777216", "2164"})
    public int segmentBytes;

    /** The pipeline's threads. */
    @State(Scope.Benchmark)
    public static class Threads {

        /** How many verify and replay. */
        @Param({"1", "2"})
        public int threads;
    }

    private final SegmentVerifier verifier = new SegmentVerifier(BatchHasher.fastest());
    private final EventRules rules = new EventRules(Workload.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);
    private final List<List<WalSegmentPayload>> logs = new ArrayList<>();

    /** Makes the segments. */
    @Setup
    public void makeSegments() {
        logs.addAll(Workload.standard().withSegmentBytes(segmentBytes).logs(Workload.STANDARD_LOGS));
    }

    /** Verify, check the events, apply: one stage after the other, on the one thread of the benchmark. */
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
                part.apply(segment, segment.firstSeq());
                events += segment.eventCount();
            }
        }
        Work.check(events == EVENTS);
        return ledger;
    }

    /** A leader in the same JVM, the receiver, the ledger: everything between {@code send} and the last outcome. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public InMemorySignalLedger pipeline(Threads replay) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
        try (InProcessLeader leader =
                InProcessLeader.builder().windowBytesPerLog(WINDOW_BYTES).build()) {
            SegmentReceiver receiver = SegmentReceiver.create(
                    leader.follower(),
                    ledger,
                    Workload.SCHEMA,
                    ReceiverOptions.builder().parallelism(replay.threads).build());
            Flux.fromIterable(logs)
                    .flatMap(log -> Flux.fromIterable(log).concatMap(leader::send))
                    .doOnComplete(leader::complete)
                    .subscribe();
            long events = receiver.receive()
                    .reduce(0L, (sum, outcome) -> sum + ((Applied) outcome).newEvents())
                    .blockOptional()
                    .orElseThrow();
            Work.check(events == EVENTS);
        }
        return ledger;
    }
}
