package io.walreceiver;

import java.time.Duration;
import java.util.Optional;

/**
 * How far what is stored has been read back.
 *
 * @param doneBytes bytes of checkpoints and log files dealt with
 * @param totalBytes bytes to deal with, as far as known: it grows while logs are begun
 * @param elapsed how long it has taken so far
 */
public record RecoveryStatus(long doneBytes, long totalBytes, Duration elapsed) {

    /** How much longer it will take if it goes on as it went so far; empty while there is nothing to go by. */
    public Optional<Duration> remaining() {
        if (doneBytes <= 0 || totalBytes < doneBytes) {
            return Optional.empty();
        }
        double perByte = (double) elapsed.toNanos() / doneBytes;
        return Optional.of(Duration.ofNanos((long) (perByte * (totalBytes - doneBytes))));
    }
}
