package io.walreceiver.server.command;

import java.util.regex.Matcher;

/** Commands as people can paste them into a shell. */
final class Shell {

    /** How the program was called: the launcher script says it. */
    private static final String PROGRAM = System.getProperty("receiver.program", "receiver");

    private Shell() {}

    /** A command line of this program, as it would have to be typed here. */
    static String command(String line) {
        return line.replaceFirst("^receiver", Matcher.quoteReplacement(quote(PROGRAM)));
    }

    /** A text with command lines of this program in it. */
    static String commands(String text) {
        return text.replaceAll(
                "\\breceiver (?=serve |schema |skip |verify |inspect |replay |status |log )",
                Matcher.quoteReplacement(quote(PROGRAM) + " "));
    }

    /** An argument, in quotes if it needs them. */
    static String quote(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }
}
