package io.walreceiver.bench;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.transport.Transport;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;

/**
 * The receiver with usual segments, and with the same events in segments of one batch: against its bare stages, one call after the
 * other, and with two replay threads against one.
 */
final class SegmentContest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final SegmentVerifier verifier = new SegmentVerifier(BatchHasher.fastest());
    private final EventRules rules = new EventRules(Workload.SCHEMA, EventRules.DEFAULT_MAX_EVENT_LEAD);
    private final List<WalSegmentPayload> usual;
    private final List<WalSegmentPayload> small;
    private final int logs;
    private final long events;

    SegmentContest(Workload workload, int logs) {
        this.usual = inTurns(workload, logs);
        this.small = inTurns(workload.withSegmentBytes(1), logs);
        this.logs = logs;
        this.events = (long) workload.events() * logs;
    }

    void run(int warmups, int rounds) throws Exception {
        int threads = Runtime.getRuntime().availableProcessors();
        contest("segments in memory to the ledger")
                .with("receiver, " + usual.size() + " segments", () -> receiver(usual, threads))
                .with("receiver, " + small.size() + " segments", () -> receiver(small, threads))
                .with("stages, " + usual.size() + " segments", () -> stages(usual))
                .with("stages, " + small.size() + " segments", () -> stages(small))
                .run(warmups, rounds);
    }

    void runThreads(int warmups, int rounds) throws Exception {
        for (List<WalSegmentPayload> segments : List.of(usual, small)) {
            contest(segments.size() + " segments of " + logs + " logs to the ledger")
                    .with("one replay thread", () -> receiver(segments, 1))
                    .with("two replay threads", () -> receiver(segments, 2))
                    .run(warmups, rounds);
        }
    }

    private Contest contest(String title) {
        return new Contest(title, "M events/s", events / 1e6);
    }

    /** The segments of all logs, as they would come: one of each log, then the next of each. */
    private static List<WalSegmentPayload> inTurns(Workload workload, int count) {
        List<List<WalSegmentPayload>> logs = workload.logs(count);
        List<WalSegmentPayload> all = new ArrayList<>();
        for (int i = 0; i < logs.get(0).size(); i++) {
            for (List<WalSegmentPayload> log : logs) {
                all.add(log.get(i));
            }
        }
        return all;
    }

    private Took stages(List<WalSegmentPayload> segments) throws Exception {
        return Took.by(() -> {
            InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
            Map<LogId, LedgerPart> parts = new HashMap<>();
            long applied = 0;
            for (WalSegmentPayload payload : segments) {
                SegmentView segment = ((Verified) verifier.verify(payload)).segment();
                Work.check(rules.firstInvalid(segment).isEmpty());
                LedgerPart part = parts.computeIfAbsent(segment.log(), ledger::open);
                part.apply(segment, segment.firstSeq());
                applied += segment.eventCount();
            }
            Work.check(applied == events);
        });
    }

    private Took receiver(List<WalSegmentPayload> segments, int threads) throws Exception {
        return Took.by(() -> {
            long applied = SegmentReceiver.create(
                            Transport.of(Flux.fromIterable(segments)),
                            InMemorySignalLedger.create(Workload.SCHEMA),
                            Workload.SCHEMA,
                            ReceiverOptions.builder().parallelism(threads).build())
                    .receive()
                    .reduce(0L, (sum, outcome) -> sum + ((Applied) outcome).newEvents())
                    .blockOptional(LONG)
                    .orElseThrow();
            Work.check(applied == events);
        });
    }
}
