package io.walreceiver.server.command;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.server.console.Bar;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.schemafile.EntityNames;
import java.util.List;

/** Ranked entities with a bar each, as wide as the terminal. */
final class Leaderboard {

    private static final int FEWEST_BAR_COLUMNS = 12;
    private static final int SPACES = 8;

    private final Console console;
    private final EntityNames names;

    Leaderboard(Console console, EntityNames names) {
        this.console = console;
        this.names = names;
    }

    void print(List<SignalReading> ranked, Ranking ranking) {
        int rankWidth = Integer.toString(ranked.size()).length();
        int valueWidth = ranked.stream()
                .mapToInt(reading -> ranking.show(reading).length())
                .max()
                .orElse(0);
        int left = console.terminal().columns() - SPACES - rankWidth - valueWidth;
        int longest = ranked.stream()
                .mapToInt(reading -> names.show(reading.entityId()).length())
                .max()
                .orElse(0);
        int nameWidth = Math.min(longest, left - Math.max(FEWEST_BAR_COLUMNS, left / 3));
        double most = ranked.stream().mapToDouble(ranking::value).max().orElse(0);
        for (int i = 0; i < ranked.size(); i++) {
            SignalReading reading = ranked.get(i);
            String bar = Bar.of(ranking.value(reading), most, left - nameWidth);
            console.out()
                    .println("  " + console.paint().dim(pad(Integer.toString(i + 1), rankWidth)) + "  "
                            + padEnd(shorten(names.show(reading.entityId()), nameWidth), nameWidth) + "  "
                            + pad(ranking.show(reading), valueWidth) + "  "
                            + console.paint().cyan(bar));
        }
    }

    /** Keeps the end, which tells paths apart. */
    private static String shorten(String name, int width) {
        return name.length() <= width ? name : "…" + name.substring(name.length() - width + 1);
    }

    private static String pad(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String padEnd(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
