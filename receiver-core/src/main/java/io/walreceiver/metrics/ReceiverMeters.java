package io.walreceiver.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.health.Health;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.health.SourceState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Meters of a receiver. {@code docs/meters.md} lists them.
 *
 * <p>What they tell is read once for all of them, and at most twice a second. What is unknown has no meter, since 0 would be wrong and NaN spoils
 * every sum; a meter beside it tells that it is unknown. Of logs that come and go, so do the meters: whoever reads any value has them put in
 * order, {@link #refresh} does it ahead. Logs beyond {@code maxLogSeries}, in the order of their ids, have no meters of their own; how many
 * these are is told, and the meters of the whole receiver count them all.
 *
 * <p>May be bound to several registries. Any thread; nothing blocks.
 */
public final class ReceiverMeters implements MeterBinder {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Builder values;
    private final List<RegisteredFamily> families = new CopyOnWriteArrayList<>();
    private final ReentrantLock refreshing = new ReentrantLock();
    private long readAt;
    private boolean read;

    private ReceiverMeters(Builder values) {
        this.values = values;
    }

    /** Meters of a receiver; everything else that is given to the builder adds some. */
    public static Builder builder(SegmentReceiver receiver) {
        return new Builder(receiver);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List<RegisteredFamily> bound = Stream.concat(ReceiverFamilies.ALL.stream(), LogFamilies.ALL.stream())
                .map(family -> new RegisteredFamily(family, registry, this::refreshIfOld))
                .toList();
        families.addAll(bound);
        refresh();
    }

    /** Reads everything anew, and puts the meters in order: those of a log that has just come are there when this returns. */
    public void refresh() {
        refreshing.lock();
        try {
            update();
        } finally {
            refreshing.unlock();
        }
    }

    /** While another thread does it, this one tells what was read before: it may hold a lock of the registry's. */
    private void refreshIfOld() {
        if (!refreshing.tryLock()) {
            return;
        }
        try {
            if (!read || System.nanoTime() - readAt >= FRESH_NANOS) {
                update();
            }
        } finally {
            refreshing.unlock();
        }
    }

    private void update() {
        Reading reading = values.read();
        families.forEach(family -> family.update(reading));
        readAt = System.nanoTime();
        read = true;
    }

    /** What there is to be told. Not safe for use by several threads. */
    public static final class Builder {

        private final SegmentReceiver receiver;
        private Supplier<List<SourceState>> sources = List::of;
        private Supplier<Optional<LedgerSize>> ledger = Optional::empty;
        private Supplier<Optional<Health>> liveness = Optional::empty;
        private Supplier<Optional<Health>> readiness = Optional::empty;
        private Supplier<Map<String, Long>> refusals = Map::of;
        private Supplier<Map<String, Instant>> certificates = Map::of;
        private int maxLogSeries = 500;

        private Builder(SegmentReceiver receiver) {
            this.receiver = receiver;
        }

        private Builder(Builder other) {
            this.receiver = other.receiver;
            this.sources = other.sources;
            this.ledger = other.ledger;
            this.liveness = other.liveness;
            this.readiness = other.readiness;
            this.refusals = other.refusals;
            this.certificates = other.certificates;
            this.maxLogSeries = other.maxLogSeries;
        }

        /** Its sources. Default: none. */
        public Builder sources(Supplier<List<SourceState>> known) {
            sources = known;
            return this;
        }

        /** The size of its ledger. Default: not told. */
        public Builder ledger(Supplier<LedgerSize> size) {
            ledger = () -> Optional.of(size.get());
            return this;
        }

        /** Its health. Default: not told. */
        public Builder health(ReceiverHealth health) {
            liveness = () -> Optional.of(health.liveness());
            readiness = () -> Optional.of(health.readiness());
            return this;
        }

        /** How many pushes were refused so far, by a word for the problem. Default: none. */
        public Builder pushRefusals(Supplier<Map<String, Long>> counts) {
            refusals = counts;
            return this;
        }

        /** When one's own certificates expire, by what each is for. Default: none. */
        public Builder certificates(Supplier<Map<String, Instant>> expiries) {
            certificates = expiries;
            return this;
        }

        /** How many logs have meters of their own, 17 each. Default 500; 0 or more. */
        public Builder maxLogSeries(int logs) {
            maxLogSeries = logs;
            return this;
        }

        /**
         * The meters; they are to be bound.
         *
         * @throws IllegalArgumentException if an option is out of its range
         */
        public ReceiverMeters build() {
            if (maxLogSeries < 0) {
                throw new IllegalArgumentException(
                        "maxLogSeries=" + maxLogSeries + " is out of range: must be 0 or more");
            }
            return new ReceiverMeters(new Builder(this));
        }

        private Reading read() {
            ReceiverStatus status = receiver.status();
            return new Reading(
                    status,
                    status.logs().stream().limit(maxLogSeries).toList(),
                    receiver.outcomes(),
                    sources.get(),
                    ledger.get(),
                    liveness.get(),
                    readiness.get(),
                    refusals.get(),
                    certificates.get());
        }
    }
}
