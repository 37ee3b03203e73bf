package io.walreceiver.spring.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** What values can be, and what goes together. */
final class Ranges {

    private static final String RECEIVER = "wal-receiver.receiver.";
    private static final String STORAGE = "wal-receiver.storage.";
    private static final String HEALTH = "wal-receiver.health.";

    private static final DataSize ONE_BYTE = DataSize.ofBytes(1);
    private static final DataSize LARGEST_SEGMENT = DataSize.ofBytes(Integer.MAX_VALUE - 64);
    private static final Duration SHORTEST = Duration.ofNanos(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration CENTURY = Duration.ofDays(36_500);

    private final Mistakes mistakes = new Mistakes();

    void name(@Nullable String node) {
        if (node != null && (node.isBlank() || node.length() > 255)) {
            mistakes.wrong("wal-receiver.node", node, "a name of 1 to 255 characters");
        }
    }

    void storage(ReceiverProperties.Storage storage) {
        mistakes.range(STORAGE + "commit", storage.commit(), Duration.ZERO, HOUR);
        mistakes.atLeast(STORAGE + "max-file-bytes", storage.maxFileBytes(), ONE_BYTE);
        mistakes.atLeast(STORAGE + "checkpoint-bytes", storage.checkpointBytes(), ONE_BYTE);
        mistakes.range(STORAGE + "checkpoint-interval", storage.checkpointInterval(), SHORTEST, CENTURY);
        mistakes.range(STORAGE + "retain-time", storage.retainTime(), Duration.ZERO, CENTURY);
        mistakes.atLeast(STORAGE + "retain-bytes", storage.retainBytes(), DataSize.ofBytes(0));
        mistakes.atLeast(STORAGE + "max-quarantine-bytes", storage.maxQuarantineBytes(), DataSize.ofBytes(0));
        mistakes.atLeast(STORAGE + "max-quarantine-segments", storage.maxQuarantineSegments(), 2);
    }

    void receiver(ReceiverProperties.Receiver receiver) {
        mistakes.range(RECEIVER + "max-segment-bytes", receiver.maxSegmentBytes(), ONE_BYTE, LARGEST_SEGMENT);
        mistakes.atLeast(RECEIVER + "max-held-bytes-per-log", receiver.maxHeldBytesPerLog(), DataSize.ofBytes(0));
        mistakes.atLeast(RECEIVER + "max-logs", receiver.maxLogs(), 1);
        mistakes.atLeast(RECEIVER + "max-ledger-bytes", receiver.maxLedgerBytes(), ONE_BYTE);
        mistakes.range(RECEIVER + "patience", receiver.patience(), SHORTEST, CENTURY);
        mistakes.range(RECEIVER + "min-resend-delay", receiver.minResendDelay(), SHORTEST, CENTURY);
        mistakes.range(RECEIVER + "threads", receiver.threads(), 1, 1024);
        if (receiver.maxInFlightBytes().compareTo(receiver.maxSegmentBytes()) < 0) {
            mistakes.wrong(
                    RECEIVER + "max-in-flight-bytes",
                    receiver.maxInFlightBytes(),
                    "at least max-segment-bytes, which is " + Told.of(receiver.maxSegmentBytes()));
        }
        if (receiver.maxResendDelay().compareTo(receiver.minResendDelay()) < 0
                || receiver.maxResendDelay().compareTo(CENTURY) > 0) {
            mistakes.wrong(
                    RECEIVER + "max-resend-delay",
                    receiver.maxResendDelay(),
                    "at least min-resend-delay, which is " + Told.of(receiver.minResendDelay()) + ", and at most "
                            + Told.of(CENTURY));
        }
    }

    void health(ReceiverProperties.Health health) {
        mistakes.range(HEALTH + "stall-after", health.stallAfter(), Duration.ofSeconds(2), DAY);
        mistakes.range(HEALTH + "grace", health.grace(), Duration.ZERO, DAY);
        mistakes.range(HEALTH + "max-lag", health.maxLag(), SHORTEST, DAY);
    }

    void reads(ReceiverProperties.Reads reads) {
        mistakes.range("wal-receiver.reads.max-wait", reads.maxWait(), Duration.ZERO, Duration.ofMinutes(5));
        mistakes.atLeast("wal-receiver.reads.max-waiters", reads.maxWaiters(), 1);
    }

    void others(ReceiverProperties.Meters meters, Duration stopTimeout) {
        mistakes.atLeast("wal-receiver.meters.max-log-series", meters.maxLogSeries(), 0);
        mistakes.range("wal-receiver.stop-timeout", stopTimeout, Duration.ZERO, HOUR);
    }

    void throwIfAny() {
        mistakes.throwIfAny();
    }
}
