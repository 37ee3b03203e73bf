package io.walreceiver.server.command;

/** Text from elsewhere, fit for a terminal: one line, and nothing in it that a terminal would obey. */
final class Plain {

    private Plain() {}

    static String text(String text) {
        return text.replaceAll("\\p{Cntrl}|[\\u2028\\u2029]", "?");
    }
}
