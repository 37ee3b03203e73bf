package io.walreceiver.server.replay;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.interrupt.OnInterrupt;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Replays everything that a transport has into an empty ledger in memory, on the calling thread's time. */
public final class Replay {

    private static final Duration NO_PATIENCE = Duration.ZERO;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final double NANOS_PER_SECOND = 1e9;

    private final SignalSchema schema;
    private final Consumer<SegmentOutcome> observer;

    /**
     * A replay.
     *
     * @param schema the signal types
     * @param observer is told of every outcome, one at a time; must not block
     */
    public Replay(SignalSchema schema, Consumer<SegmentOutcome> observer) {
        this.schema = schema;
        this.observer = observer;
    }

    /**
     * Runs once, to the end of the transport. An interrupt of the program (Ctrl-C) stops it.
     *
     * @param transport where segments come from; it must end
     * @param bytes how much it has, for the result
     */
    @SuppressWarnings("try") // the resource works by being open
    public Replayed run(Transport transport, long bytes) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, schema);
        long started = System.nanoTime();
        try (OnInterrupt stop =
                OnInterrupt.run("stop-replay", () -> receiver.stop(NO_PATIENCE).block(STOP_TIMEOUT))) {
            receiver.receive().doOnNext(observer).blockLast();
        }
        double seconds = (System.nanoTime() - started) / NANOS_PER_SECOND;
        return new Replayed(ledger, report(receiver), bytes, seconds);
    }

    private static StopReport report(SegmentReceiver ended) {
        @Nullable StopReport report = ended.stop(NO_PATIENCE).block();
        if (report == null) {
            throw new IllegalStateException("the receiver ended without a report");
        }
        return report;
    }
}
