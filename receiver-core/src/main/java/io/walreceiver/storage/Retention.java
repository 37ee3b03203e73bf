package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Says which files of the durable log stay for others after no checkpoint needs them any more. What recovery needs is kept whatever is
 * said here.
 *
 * <p>Asked about the sealed files of a log from the oldest on; the first that need not stay is deleted before the next is asked about,
 * and with the first that stays the rest do: a log's files have no holes. An implementation is asked by the writers of several logs at
 * once and does not block.
 */
@FunctionalInterface
public interface Retention {

    /**
     * A sealed file that could be deleted.
     *
     * @param log the log that it belongs to
     * @param lastSeq its last event, 1 or more
     * @param sealedAt when it was sealed: the time of last change that the file has
     * @param bytesAfter bytes of the log's files after this one, the open one included, 0 or more
     */
    record Candidate(LogId log, long lastSeq, Instant sealedAt, long bytesAfter) {

        public Candidate {
            if (lastSeq < 1 || bytesAfter < 0) {
                throw new IllegalArgumentException("log " + log + ": lastSeq " + lastSeq + ", bytesAfter " + bytesAfter
                        + ": expected 1 or more and 0 or more");
            }
        }
    }

    /** Whether the file must stay. */
    boolean keeps(Candidate file, Instant now);

    /** The file stays if this or another says so. */
    default Retention or(Retention other) {
        return (file, now) -> keeps(file, now) || other.keeps(file, now);
    }

    /** Nothing stays beyond need. */
    static Retention none() {
        return (file, now) -> false;
    }

    /**
     * A file stays until it has been sealed for so long: every event can be read for that time at least. While a clock that was set back
     * lies before the time of the file, it stays.
     *
     * @param age 0 or more
     */
    static Retention forTime(Duration age) {
        if (age.isNegative()) {
            throw new IllegalArgumentException("retention for " + age + ": expected 0 or more");
        }
        return (file, now) -> Duration.between(file.sealedAt(), now).compareTo(age) < 0;
    }

    /**
     * So many bytes of each log stay, if it has as many: a file goes when those after it suffice.
     *
     * @param bytesPerLog 0 or more
     */
    static Retention forBytes(long bytesPerLog) {
        if (bytesPerLog < 0) {
            throw new IllegalArgumentException("retention for " + bytesPerLog + " bytes: expected 0 or more");
        }
        return (file, now) -> file.bytesAfter() < bytesPerLog;
    }

    /**
     * A file stays until the slowest reader has all of it. A reader that never reads on keeps every file from then on: who gives
     * the positions decides when a reader is lost.
     *
     * @param slowestReader the last event of a log that all of its known readers have, 0 if one has none; empty if no reader is
     *     known, and then nothing stays. Called by the writers of several logs at once; must not block
     */
    static Retention forReaders(Function<LogId, OptionalLong> slowestReader) {
        return (file, now) -> {
            OptionalLong position = slowestReader.apply(file.log());
            return position.isPresent() && position.getAsLong() < file.lastSeq();
        };
    }
}
