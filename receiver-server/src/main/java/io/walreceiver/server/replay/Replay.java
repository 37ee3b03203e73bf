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
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.interrupt.OnInterrupt;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.SegmentReadException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Replays everything that a transport has into a ledger in memory, on the calling thread's time: an empty one, or what a storage gives
 * back.
 */
public final class Replay {

    private static final Duration NO_PATIENCE = Duration.ZERO;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    /** An fsync of each log, at worst on a slow disk. */
    private static final Duration DURABLE_STOP_TIMEOUT = Duration.ofSeconds(30);

    private static final double NANOS_PER_SECOND = 1e9;

    private final SignalSchema schema;
    private final Storage storage;
    private final ReceiverOptions options;
    private final Consumer<SegmentOutcome> observer;
    private final Duration patience;

    private Replay(SignalSchema schema, Storage storage, ReceiverOptions options, Consumer<SegmentOutcome> observer) {
        this(schema, storage, options, observer, NO_PATIENCE);
    }

    private Replay(
            SignalSchema schema,
            Storage storage,
            ReceiverOptions options,
            Consumer<SegmentOutcome> observer,
            Duration patience) {
        this.patience = patience;
        this.schema = schema;
        this.storage = storage;
        this.options = options;
        this.observer = observer;
    }

    /**
     * A replay into an empty ledger.
     *
     * @param schema the signal types
     * @param observer is told of every outcome, one at a time; must not block
     */
    public Replay(SignalSchema schema, Consumer<SegmentOutcome> observer) {
        this(schema, Storage.inMemory(), observer);
    }

    /**
     * A replay whose result is kept in a storage that is new.
     *
     * @param schema the signal types
     * @param storage where what comes is kept
     * @param observer is told of every outcome, one at a time; must not block
     */
    public Replay(SignalSchema schema, Storage storage, Consumer<SegmentOutcome> observer) {
        this(schema, storage, options().build(), observer);
    }

    /**
     * A replay that goes on from what is stored.
     *
     * @param schema the signal types and policies: the storage refuses those that are not its own
     * @param storage what was applied, and where what comes is kept
     * @param observer is told of every outcome, one at a time; must not block
     */
    public Replay(StoredSchema schema, Storage storage, Consumer<SegmentOutcome> observer) {
        this(
                schema.schema(),
                storage,
                options()
                        .invalidEvents(schema.invalidEvents())
                        .maxEventLead(schema.maxEventLead())
                        .build(),
                observer);
    }

    /** The same, but an interrupt lets what has arrived be replayed, for so long at most. */
    public Replay draining(Duration patience) {
        return new Replay(schema, storage, options, observer, patience);
    }

    /** As many logs as there are: a bound protects from senders, not from a directory that somebody named. */
    private static ReceiverOptions.Builder options() {
        return ReceiverOptions.builder().maxLogs(Integer.MAX_VALUE);
    }

    /**
     * Runs once, to the end of the transport; see {@link #run(Transport, LongSupplier, Function)}.
     *
     * @param bytes how much it has, for the result
     */
    public Replayed run(Transport transport, long bytes) {
        return run(transport, () -> bytes, receiver -> Mono.empty());
    }

    /**
     * Runs once, to the end of the transport. A file that cannot be read stops its own log and is told of in the result. An interrupt
     * of the program (Ctrl-C) stops it: what was applied is made durable then.
     *
     * @param transport where segments come from; it must end
     * @param bytes how much was delivered, asked when it is over
     * @param meanwhile what else is done while the receiver runs; the replay ends when both have
     * @throws SegmentReadException if a directory cannot be read
     * @throws io.walreceiver.storage.StorageException if the storage cannot be opened
     */
    public Replayed run(Transport transport, LongSupplier bytes, Function<SegmentReceiver, Mono<Void>> meanwhile) {
        return run(transport, bytes, (receiver, ledger) -> meanwhile.apply(receiver));
    }

    /** The same; what is done meanwhile may read the ledger, too. */
    @SuppressWarnings("try") // the resource works by being open
    public Replayed run(
            Transport transport,
            LongSupplier bytes,
            BiFunction<SegmentReceiver, InMemorySignalLedger, Mono<Void>> meanwhile) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(schema);
        SegmentReceiver receiver = SegmentReceiver.create(transport, ledger, schema, storage, options);
        List<SegmentReadException> unreadable = List.of();
        ConcurrentSkipListMap<WalSegmentId, SegmentFault> refused = new ConcurrentSkipListMap<>();
        long started = System.nanoTime();
        try (OnInterrupt stop = OnInterrupt.run(
                "stop-replay",
                () -> receiver.stop(patience)
                        .block(patience.plus(storage.isVolatile() ? STOP_TIMEOUT : DURABLE_STOP_TIMEOUT)))) {
            Mono<Void> received = receiver.receive()
                    .doOnNext(outcome -> {
                        if (outcome instanceof Refused copy) {
                            refused.putIfAbsent(copy.segment(), copy.fault());
                        }
                        observer.accept(outcome);
                    })
                    .then();
            Mono.when(meanwhile.apply(receiver, ledger), received).block();
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
        return new Replayed(ledger, report(receiver), unreadable, refused, bytes.getAsLong(), seconds);
    }

    private static StopReport report(SegmentReceiver ended) {
        @Nullable StopReport report = ended.stop(NO_PATIENCE).block();
        if (report == null) {
            throw new IllegalStateException("the receiver ended without a report");
        }
        return report;
    }
}
