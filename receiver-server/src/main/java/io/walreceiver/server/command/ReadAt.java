package io.walreceiver.server.command;

import io.walreceiver.ledger.InMemorySignalLedger;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The instant that a ledger is read at, as an option names it. */
sealed interface ReadAt {

    /** What help says about its values. */
    String HELP = "nanoseconds since 1970, a time such as 2026-01-09T12:00:00Z, now, or newest (the newest event)";

    /** Nanoseconds since the epoch. */
    long nanos(InMemorySignalLedger ledger);

    /** When the program reads it. */
    record Now() implements ReadAt {
        @Override
        public long nanos(InMemorySignalLedger ledger) {
            return toNanos(Instant.now());
        }
    }

    /** The newest event in the ledger. */
    record Newest() implements ReadAt {
        @Override
        public long nanos(InMemorySignalLedger ledger) {
            return ledger.newestEventNanos();
        }
    }

    /** A fixed instant. */
    record Fixed(long value) implements ReadAt {
        @Override
        public long nanos(InMemorySignalLedger ledger) {
            return value;
        }
    }

    private static long toNanos(Instant instant) {
        return Duration.between(Instant.EPOCH, instant).toNanos();
    }

    /** Reads the option. */
    final class Converter implements ITypeConverter<ReadAt> {

        @Override
        public ReadAt convert(String text) {
            return switch (text) {
                case "now" -> new Now();
                case "newest" -> new Newest();
                default ->
                    new Fixed(nanos(text)
                            .orElseThrow(
                                    () -> new TypeConversionException("found \"" + text + "\", expected " + HELP)));
            };
        }

        private static OptionalLong nanos(String text) {
            try {
                long nanos = text.matches("\\d+") ? Long.parseLong(text) : toNanos(Instant.parse(text));
                return nanos < 0 ? OptionalLong.empty() : OptionalLong.of(nanos);
            } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
                return OptionalLong.empty();
            }
        }
    }
}
