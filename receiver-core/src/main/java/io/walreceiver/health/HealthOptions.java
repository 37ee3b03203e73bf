package io.walreceiver.health;

import java.time.Duration;
import java.util.Optional;
import reactor.core.scheduler.Scheduler;

/** When a receiver counts as stalled, and when as ready. */
public final class HealthOptions {

    private final Builder values;

    private HealthOptions(Builder values) {
        this.values = values;
    }

    /** All at their defaults. */
    public static HealthOptions defaults() {
        return builder().build();
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    Duration stallAfter() {
        return values.stallAfter;
    }

    Duration grace() {
        return values.grace;
    }

    Optional<Duration> maxLag() {
        return values.maxLag;
    }

    boolean strict() {
        return values.strict;
    }

    Duration lookEvery() {
        return values.lookEvery;
    }

    Optional<Scheduler> timer() {
        return values.timer;
    }

    /** Options being set. Not safe for use by several threads. */
    public static final class Builder {

        private Duration stallAfter = Duration.ofSeconds(60);
        private Duration grace = Duration.ofSeconds(10);
        private Optional<Duration> maxLag = Optional.empty();
        private boolean strict;
        private Duration lookEvery = Duration.ofSeconds(1);
        private Optional<Scheduler> timer = Optional.empty();

        private Builder() {}

        private Builder(Builder other) {
            this.stallAfter = other.stallAfter;
            this.grace = other.grace;
            this.maxLag = other.maxLag;
            this.strict = other.strict;
            this.lookEvery = other.lookEvery;
            this.timer = other.timer;
        }

        /**
         * How long work may wait without any log moving until the receiver counts as stalled. Longer than its largest segment takes to be
         * applied. Default 60 s; at least two of {@code lookEvery}, up to a day.
         */
        public Builder stallAfter(Duration duration) {
            stallAfter = duration;
            return this;
        }

        /**
         * How long, before the receiver is first ready, it waits for what may never come: the head of a log whose source does not say it,
         * a log in trouble that does not move, a second source that is not there. Default 10 s; 0 up to a day.
         */
        public Builder grace(Duration duration) {
            grace = duration;
            return this;
        }

        /**
         * How old what is read may be at the most, or the receiver is not ready: a log's lag, and the age of the heartbeat that it rests on. So
         * it should be more than heartbeats are apart (1 s over TCP). Default: no bound; more than 0, up to a day.
         */
        public Builder maxLag(Duration duration) {
            maxLag = Optional.of(duration);
            return this;
        }

        /** Whether whatever degrades makes the receiver unready. Default: no. */
        public Builder strict(boolean hard) {
            strict = hard;
            return this;
        }

        /** How often the receiver is looked at. Default 1 s; 10 ms up to a minute. */
        public Builder lookEvery(Duration interval) {
            lookEvery = interval;
            return this;
        }

        /**
         * Where and when the receiver is looked at, and what time it is. It is not disposed of. Default: a thread of its own, which ends with
         * the looking.
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
        public HealthOptions build() {
            within("lookEvery", lookEvery, Duration.ofMillis(10), Duration.ofMinutes(1));
            within("stallAfter", stallAfter, lookEvery.multipliedBy(2), Duration.ofDays(1));
            within("grace", grace, Duration.ZERO, Duration.ofDays(1));
            maxLag.ifPresent(lag -> within("maxLag", lag, Duration.ofNanos(1), Duration.ofDays(1)));
            return new HealthOptions(new Builder(this));
        }

        private static void within(String option, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(
                        option + "=" + value + " is out of range: must be " + least + " to " + most);
            }
        }
    }
}
