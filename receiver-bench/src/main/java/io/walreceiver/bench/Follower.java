package io.walreceiver.bench;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverOptions;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/** A receiver that runs, its ledger, and a leader in the same JVM. */
final class Follower implements AutoCloseable {

    private static final long WINDOW_BYTES = 48 << 20;
    private static final Duration LONG = Duration.ofMinutes(10);

    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(Workload.SCHEMA);
    private final InProcessLeader leader =
            InProcessLeader.builder().windowBytesPerLog(WINDOW_BYTES).build();
    private final Acknowledged acknowledged;
    private final SegmentReceiver receiver;

    private Follower(Function<InProcessLeader, Transport> wire, Storage storage, int threads) {
        acknowledged = new Acknowledged(wire.apply(leader));
        receiver = SegmentReceiver.create(
                acknowledged,
                ledger,
                Workload.SCHEMA,
                storage,
                ReceiverOptions.builder().parallelism(threads).build());
    }

    /**
     * Starts one; what is stored has been recovered when this returns.
     *
     * @param outcomes told of each outcome, on the receiver's threads
     */
    static Follower start(Storage storage, int threads, Consumer<SegmentOutcome> outcomes) {
        return start(InProcessLeader::follower, storage, threads, outcomes);
    }

    /**
     * Starts one that hears of the leader in some way.
     *
     * @param wire makes the follower's end
     */
    static Follower start(
            Function<InProcessLeader, Transport> wire,
            Storage storage,
            int threads,
            Consumer<SegmentOutcome> outcomes) {
        Follower follower = new Follower(wire, storage, threads);
        follower.receiver.receive().subscribe(outcomes);
        follower.receiver
                .statusChanges()
                .filter(status -> status.phase() == Phase.RUNNING)
                .blockFirst(LONG);
        return follower;
    }

    /** Sends the segments of each log in order, all logs at once; does not wait for them. */
    void send(List<List<WalSegmentPayload>> logs) {
        Flux.fromIterable(logs)
                .flatMap(log -> Flux.fromIterable(log).concatMap(leader::send), Integer.MAX_VALUE)
                .subscribe();
    }

    /** Waits until so many events, of all logs together, have been acknowledged and applied. */
    void awaitAll(long events) throws InterruptedException {
        acknowledged.await(events);
        acknowledged
                .positions()
                .forEach((log, position) ->
                        receiver.awaitApplied(log, position, LONG).block());
        long applied =
                receiver.status().logs().stream().mapToLong(LogStatus::applied).sum();
        Work.check(acknowledged.events() == events && applied == events);
    }

    /** Waits until so many have been acknowledged, or more. */
    void awaitAcknowledged(long events) throws InterruptedException {
        acknowledged.await(events);
    }

    InMemorySignalLedger ledger() {
        return ledger;
    }

    SegmentReceiver receiver() {
        return receiver;
    }

    @Override
    public void close() {
        leader.close();
        receiver.stop(LONG).block(LONG);
    }

    /** Counts events that were acknowledged. */
    private static final class Acknowledged extends ForwardingTransport {

        private final Map<LogId, Long> positions = new HashMap<>();
        private long events;

        Acknowledged(Transport transport) {
            super(transport);
        }

        synchronized void await(long wanted) throws InterruptedException {
            long end = System.nanoTime() + LONG.toNanos();
            while (events < wanted && System.nanoTime() < end) {
                wait(1_000);
            }
            Work.check(events >= wanted);
        }

        synchronized long events() {
            return events;
        }

        synchronized Map<LogId, Long> positions() {
            return Map.copyOf(positions);
        }

        @Override
        public void acknowledge(LogId log, long through) {
            super.acknowledge(log, through);
            synchronized (this) {
                long before = positions.getOrDefault(log, 0L);
                if (through > before) {
                    positions.put(log, through);
                    events += through - before;
                    notifyAll();
                }
            }
        }
    }
}
