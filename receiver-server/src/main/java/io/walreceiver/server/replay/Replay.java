package io.walreceiver.server.replay;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.interrupt.OnInterrupt;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.SegmentReadException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Replays everything that a transport has into an empty ledger in memory, on the calling thread's time. */
public final class Replay {

    /** As many logs as there are files for: a bound protects from senders, not from a directory that somebody named. */
    private static final ReceiverOptions OPTIONS =
            ReceiverOptions.builder().maxLogs(Integer.MAX_VALUE).build();

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
     * Runs once, to the end of the transport. A file that cannot be read stops its own log and is told of in the result. An interrupt of the program (Ctrl-C) stops it.
     *
     * @param transport where segments come from; it must end
     * @param bytes how much it has, for the result
     * @throws SegmentReadException if a directory cannot be read
     */
    @SuppressWarnings("try") // the resource works by being open
    public Replayed run(Transport transport, long bytes) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, schema, OPTIONS);
        List<SegmentReadException> unreadable = List.of();
        ConcurrentSkipListMap<WalSegmentId, SegmentFault> refused = new ConcurrentSkipListMap<>();
        long started = System.nanoTime();
        try (OnInterrupt stop =
                OnInterrupt.run("stop-replay", () -> receiver.stop(NO_PATIENCE).block(STOP_TIMEOUT))) {
            receiver.receive()
                    .doOnNext(outcome -> {
                        if (outcome instanceof Refused copy) {
                            refused.putIfAbsent(copy.segment(), copy.fault());
                        }
                        observer.accept(outcome);
                    })
                    .blockLast();
        } catch (SegmentReadException e) {
            if (Files.isDirectory(e.path())) {
                throw e;
            }
            unreadable = Stream.concat(Stream.of(e), Arrays.stream(e.getSuppressed()))
                    .filter(SegmentReadException.class::isInstance)
                    .map(SegmentReadException.class::cast)
                    .toList();
        }
        double seconds = (System.nanoTime() - started) / NANOS_PER_SECOND;
        return new Replayed(ledger, report(receiver), unreadable, refused, bytes, seconds);
    }

    private static StopReport report(SegmentReceiver ended) {
        @Nullable StopReport report = ended.stop(NO_PATIENCE).block();
        if (report == null) {
            throw new IllegalStateException("the receiver ended without a report");
        }
        return report;
    }
}
