package example;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is hot: a replica of a leader's signals, inside this process. */
public final class Hot {

    /** As the leader has it: which signals there are, and how fast they fade. */
    public static final SignalSchema SCHEMA = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final SegmentReceiver receiver;

    public Hot(Transport leader, Storage storage) {
        receiver = SegmentReceiver.create(leader, ledger, SCHEMA, storage);
    }

    /** Subscribe once, in the background: it goes on until {@link #stop}, or the leader's end. */
    public Flux<SegmentOutcome> follow() {
        return receiver.receive();
    }

    /** What comes first now. Nothing waits, so any thread may ask. */
    public List<SignalReading> top(int signalType, int k) {
        return ledger.topByScore(signalType, k, ledger.newestEventNanos());
    }

    /** The same again and again, while somebody looks. */
    public Flux<List<SignalReading>> live(int signalType, int k) {
        return Flux.interval(Duration.ofMillis(500)).onBackpressureDrop().map(tick -> top(signalType, k));
    }

    /** One entity's reading which is no older than a write: the writer says at which position of which log it went. */
    public Mono<SignalReading> read(long entityId, int signalType, LogId log, long position) {
        return receiver.awaitApplied(log, position, Duration.ofSeconds(2))
                .then(Mono.fromSupplier(() -> ledger.read(entityId, signalType, ledger.newestEventNanos())));
    }

    /** Replays what has come, makes it durable and acknowledges it. */
    public Mono<StopReport> stop() {
        return receiver.stop(Duration.ofSeconds(10));
    }
}
