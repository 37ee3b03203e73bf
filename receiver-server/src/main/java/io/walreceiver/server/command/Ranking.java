package io.walreceiver.server.command;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.ledger.Window;
import io.walreceiver.server.console.Figures;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What entities are ranked by. */
enum Ranking {
    SCORE("score", "score", Optional.empty()),
    HOUR("1h", "events in the last hour", Optional.of(Window.HOUR)),
    DAY("24h", "events in the last 24 hours", Optional.of(Window.DAY)),
    WEEK("7d", "events in the last 7 days", Optional.of(Window.WEEK)),
    ALL("all", "events of all time", Optional.of(Window.ALL_TIME));

    private final String option;
    private final String title;
    private final Optional<Window> window;

    Ranking(String option, String title, Optional<Window> window) {
        this.option = option;
        this.title = title;
        this.window = window;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** The first {@code k} of a signal type; those without an event in the window are left out. */
    List<SignalReading> top(InMemorySignalLedger ledger, int signalType, int k, long nowNanos) {
        return window.map(span -> ledger.topByCount(signalType, span, k, nowNanos).stream()
                        .filter(reading -> reading.count(span) > 0)
                        .toList())
                .orElseGet(() -> ledger.topByScore(signalType, k, nowNanos));
    }

    /** What a reading is ranked by. */
    double value(SignalReading reading) {
        return window.map(span -> (double) reading.count(span)).orElse(reading.score());
    }

    /** The same for people. */
    String show(SignalReading reading) {
        return window.map(span -> Figures.count(reading.count(span))).orElseGet(() -> Figures.score(reading.score()));
    }

    @Override
    public String toString() {
        return option;
    }

    static String options() {
        return Arrays.stream(values()).map(Ranking::toString).collect(Collectors.joining(", "));
    }

    /** Reads the option. */
    static final class Converter implements ITypeConverter<Ranking> {

        @Override
        public Ranking convert(String text) {
            return Arrays.stream(values())
                    .filter(ranking -> ranking.option.equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("found \"" + text + "\", expected " + options()));
        }
    }
}
