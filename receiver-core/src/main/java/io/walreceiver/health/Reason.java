package io.walreceiver.health;

import io.walreceiver.format.LogId;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a check is not plainly {@code up}.
 *
 * @param log which log it is about; empty if it is about the whole receiver
 * @param word what it is: a log's state ({@code gap}, {@code disk full} ...), or {@code recovering}, {@code catching up}, {@code lag},
 *     {@code lag unknown}, {@code standing still}, {@code source} ...
 * @param text the whole story in a sentence. It may hold what a peer said: text, never markup
 * @param next what to do, or what will happen by itself
 * @param decisive whether the answer is no because of it; otherwise it degrades
 */
public record Reason(Optional<LogId> log, String word, String text, String next, boolean decisive) {

    static Reason decisive(String word, String text, String next) {
        return new Reason(Optional.empty(), word, text, next, true);
    }

    static Reason decisive(LogId log, String word, String text, String next) {
        return new Reason(Optional.of(log), word, text, next, true);
    }

    static Reason degrades(String word, String text, String next) {
        return new Reason(Optional.empty(), word, text, next, false);
    }

    static Reason degrades(LogId log, String word, String text, String next) {
        return new Reason(Optional.of(log), word, text, next, false);
    }

    /** A time as people write it. */
    static String told(Duration time) {
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    Reason asDecisive() {
        return new Reason(log, word, text, next, true);
    }
}
