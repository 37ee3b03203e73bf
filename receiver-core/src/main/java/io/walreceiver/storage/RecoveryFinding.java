package io.walreceiver.storage;

import io.walreceiver.format.LogId;

/**
 * Something a recovery found that was not as it should be.
 *
 * @param log where
 * @param kind what
 * @param text the whole story: file, offset, expected and found, what was done, what comes next
 */
public record RecoveryFinding(LogId log, Kind kind, String text) {

    /** What was found. */
    public enum Kind {
        /** A tail that was never durable was cut off; it is asked for again. */
        CUT("cut"),
        /** Events that were durable cannot be read any more; they are asked for again. */
        ROT("rot"),
        /** A checkpoint cannot be read; an older one was used, and more of the log replayed. */
        DAMAGED_CHECKPOINT("damaged checkpoint");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
