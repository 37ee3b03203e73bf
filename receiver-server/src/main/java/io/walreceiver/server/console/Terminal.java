package io.walreceiver.server.console;

import java.util.Locale;
import java.util.Map;

/**
 * What is known about the terminal, if there is one.
 *
 * @param output whether standard output is a terminal
 * @param diagnostics whether standard error is a terminal
 * @param colour whether a terminal is to be given colours
 * @param columns its width in characters
 */
public record Terminal(boolean output, boolean diagnostics, boolean colour, int columns) {

    /** No terminal: plain text, 100 columns where a width is asked for. */
    public static final Terminal NONE = new Terminal(false, false, false, 100);

    private static final int FEWEST_COLUMNS = 40;
    private static final int MOST_COLUMNS = 200;

    public Terminal {
        columns = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, columns));
    }

    /**
     * The terminal of this process. The launcher script asks the shell, which knows each stream apart, and says so in the
     * properties {@code receiver.terminal} (the numbers of the streams that are terminals) and {@code receiver.columns}.
     * Without it all streams are taken for what {@link System#console()} says.
     */
    public static Terminal ofProcess() {
        Map<String, String> env = System.getenv();
        String streams = System.getProperty("receiver.terminal", interactive() ? "12" : "");
        boolean colour = !env.containsKey("NO_COLOR")
                && !env.getOrDefault("TERM", "").toLowerCase(Locale.ROOT).equals("dumb");
        String columns = System.getProperty("receiver.columns", env.getOrDefault("COLUMNS", ""));
        return new Terminal(
                streams.contains("1"),
                streams.contains("2"),
                colour,
                columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : NONE.columns());
    }

    private static boolean interactive() {
        Object console = System.console();
        if (console == null) {
            return false;
        }
        try { // from Java 22 on there is always a console, and this tells whether it is a terminal
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
