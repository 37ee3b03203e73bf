package io.walreceiver;

import io.walreceiver.decode.EventRules;
import io.walreceiver.schema.InvalidEventPolicy;
import java.time.Duration;
import java.util.Optional;
import reactor.core.scheduler.Scheduler;

/** Bounds and policies of a {@link SegmentReceiver}. Immutable. */
public final class ReceiverOptions {

    /** A hundred years: what a clock of nanoseconds can add up without an overflow. */
    static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

    private final Builder values;

    private ReceiverOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static ReceiverOptions defaults() {
        return builder().build();
    }

    /** Starts from all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    long maxInFlightBytes() {
        return values.maxInFlightBytes;
    }

    int maxSegmentBytes() {
        return values.maxSegmentBytes;
    }

    long maxHeldBytesPerLog() {
        return values.maxHeldBytesPerLog;
    }

    int maxLogs() {
        return values.maxLogs;
    }

    long maxLedgerBytes() {
        return values.maxLedgerBytes;
    }

    Duration patience() {
        return values.patience;
    }

    Duration minResendDelay() {
        return values.minResendDelay;
    }

    Duration maxResendDelay() {
        return values.maxResendDelay;
    }

    Duration maxEventLead() {
        return values.maxEventLead;
    }

    InvalidEventPolicy invalidEvents() {
        return values.invalidEvents;
    }

    int parallelism() {
        return values.parallelism;
    }

    Optional<Scheduler> replayScheduler() {
        return values.replayScheduler;
    }

    Optional<Scheduler> timer() {
        return values.timer;
    }

    /** Builds {@link ReceiverOptions}. Not for use by several threads. */
    public static final class Builder {

        private static final long MIB = 1 << 20;

        private long maxInFlightBytes = 256 * MIB;
        private int maxSegmentBytes = (int) (64 * MIB);
        private long maxHeldBytesPerLog = 64 * MIB;
        private int maxLogs = 4096;
        private long maxLedgerBytes = Runtime.getRuntime().maxMemory() / 2;
        private Duration patience = Duration.ofSeconds(1);
        private Duration minResendDelay = Duration.ofMillis(100);
        private Duration maxResendDelay = Duration.ofSeconds(30);
        private Duration maxEventLead = EventRules.DEFAULT_MAX_EVENT_LEAD;
        private InvalidEventPolicy invalidEvents = InvalidEventPolicy.HOLD;
        private int parallelism = Runtime.getRuntime().availableProcessors();
        private Optional<Scheduler> replayScheduler = Optional.empty();
        private Optional<Scheduler> timer = Optional.empty();

        private Builder() {}

        private Builder(Builder other) {
            maxInFlightBytes = other.maxInFlightBytes;
            maxSegmentBytes = other.maxSegmentBytes;
            maxHeldBytesPerLog = other.maxHeldBytesPerLog;
            maxLogs = other.maxLogs;
            maxLedgerBytes = other.maxLedgerBytes;
            patience = other.patience;
            minResendDelay = other.minResendDelay;
            maxResendDelay = other.maxResendDelay;
            maxEventLead = other.maxEventLead;
            invalidEvents = other.invalidEvents;
            parallelism = other.parallelism;
            replayScheduler = other.replayScheduler;
            timer = other.timer;
        }

        /**
         * Bytes of all segments between arrival and outcome, held ones among them. Up to two segments more may be on their way
         * in. Default 256 MiB; at least {@code maxSegmentBytes}.
         */
        public Builder maxInFlightBytes(long bytes) {
            maxInFlightBytes = bytes;
            return this;
        }

        /** Size of one segment; a larger one is refused. Default 64 MiB; 1 byte or more. */
        public Builder maxSegmentBytes(int bytes) {
            maxSegmentBytes = bytes;
            return this;
        }

        /**
         * Bytes of verified segments that may wait behind a gap of one log; more are let go and asked for again. A quarter of
         * {@code maxInFlightBytes} if that is less. Default 64 MiB; 0 or more.
         */
        public Builder maxHeldBytesPerLog(long bytes) {
            maxHeldBytesPerLog = bytes;
            return this;
        }

        /** Number of logs; segments of further ones are let go. Default 4,096; 1 or more. */
        public Builder maxLogs(int logs) {
            maxLogs = logs;
            return this;
        }

        /**
         * Bytes that the ledger may allocate, as far as it tells; logs that would go beyond stop with the state {@code ledger
         * full}. Default half the heap; 1 or more.
         */
        public Builder maxLedgerBytes(long bytes) {
            maxLedgerBytes = bytes;
            return this;
        }

        /**
         * How long a log may stand still, while outcomes are wanted, before its segments are let go to make way for others.
         * Default 1 s; more than 0, up to 100 years.
         */
        public Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /** Pause after which missing segments are asked for, and between two requests at first. Default 100 ms; more than 0. */
        public Builder minResendDelay(Duration delay) {
            minResendDelay = delay;
            return this;
        }

        /**
         * Longest pause between two requests that did not help. Default 30 s; at least {@code minResendDelay}, up to 100 years.
         */
        public Builder maxResendDelay(Duration delay) {
            maxResendDelay = delay;
            return this;
        }

        /** How far an event's time may lie after its batch's. Default 24 h; 0 or more, up to 292 years. */
        public Builder maxEventLead(Duration lead) {
            maxEventLead = lead;
            return this;
        }

        /** What becomes of a segment with an event that cannot be applied. Default {@link InvalidEventPolicy#HOLD}. */
        public Builder invalidEvents(InvalidEventPolicy policy) {
            invalidEvents = policy;
            return this;
        }

        /** Number of threads that verify and replay, unless a scheduler is given. Default the number of processors; 1 or more. */
        public Builder parallelism(int threads) {
            parallelism = threads;
            return this;
        }

        /**
         * Where segments are verified and replayed; tasks should start in the order they came. It is not disposed by the
         * receiver. Default: threads of the receiver's own, gone with it.
         */
        public Builder replayScheduler(Scheduler scheduler) {
            replayScheduler = Optional.of(scheduler);
            return this;
        }

        /**
         * Time, and the thread on which a segment that waited for room goes on. Must be able to delay, and should have one
         * thread; a virtual-time scheduler will do. It is not disposed by the receiver. Default: a thread of the receiver's own,
         * gone with it.
         */
        public Builder timer(Scheduler scheduler) {
            timer = Optional.of(scheduler);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException naming the option that is out of its range
         */
        public ReceiverOptions build() {
            check(maxSegmentBytes >= 1, "maxSegmentBytes", maxSegmentBytes, "1 or more");
            check(
                    maxInFlightBytes >= maxSegmentBytes,
                    "maxInFlightBytes",
                    maxInFlightBytes,
                    "at least maxSegmentBytes=" + maxSegmentBytes);
            check(maxHeldBytesPerLog >= 0, "maxHeldBytesPerLog", maxHeldBytesPerLog, "0 or more");
            check(maxLogs >= 1, "maxLogs", maxLogs, "1 or more");
            check(maxLedgerBytes >= 1, "maxLedgerBytes", maxLedgerBytes, "1 or more");
            check(positive(patience) && measurable(patience), "patience", patience, "more than 0, up to 100 years");
            check(positive(minResendDelay), "minResendDelay", minResendDelay, "more than 0");
            check(
                    maxResendDelay.compareTo(minResendDelay) >= 0 && measurable(maxResendDelay),
                    "maxResendDelay",
                    maxResendDelay,
                    "at least minResendDelay=" + minResendDelay + ", up to 100 years");
            check(
                    !maxEventLead.isNegative() && maxEventLead.compareTo(Duration.ofNanos(Long.MAX_VALUE)) <= 0,
                    "maxEventLead",
                    maxEventLead,
                    "0 or more, up to 292 years");
            check(parallelism >= 1, "parallelism", parallelism, "1 or more");
            return new ReceiverOptions(new Builder(this));
        }

        private static boolean positive(Duration duration) {
            return !duration.isNegative() && !duration.isZero();
        }

        private static boolean measurable(Duration duration) {
            return duration.compareTo(LONGEST_WAIT) <= 0;
        }

        private static void check(boolean valid, String option, Object value, String range) {
            if (!valid) {
                throw new IllegalArgumentException(option + "=" + value + " is out of range: must be " + range);
            }
        }
    }
}
