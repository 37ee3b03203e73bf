package io.walreceiver.server.web;

/** What others wrote, made fit for an answer: bounded, and without characters that do anything but show. */
public final class PlainText {

    /** How much of a cause is told: whole sentences, which end in what to do next. */
    public static final int MAX_SENTENCE = 1000;

    /** How much of a name is told. */
    public static final int MAX_NAME = 200;

    private static final int MAX_WORD = 100;

    private PlainText() {}

    /** A sentence or two: at most {@value #MAX_SENTENCE} characters are kept. */
    public static String sentence(String text) {
        return bounded(text, MAX_SENTENCE);
    }

    /** A name that others gave: at most {@value #MAX_NAME} characters are kept. */
    public static String name(String text) {
        return bounded(text, MAX_NAME);
    }

    /** A value that was expected to be another one: at most {@value #MAX_WORD} characters are kept. */
    public static String word(String text) {
        return bounded(text, MAX_WORD);
    }

    private static String bounded(String text, int max) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), max));
        int at = 0;
        while (at < text.length() && out.length() < max) {
            int point = text.codePointAt(at);
            out.appendCodePoint(shows(point) ? point : '?');
            at += Character.charCount(point);
        }
        return at < text.length() ? out.append("...").toString() : out.toString();
    }

    /** Control characters do not, nor those that turn the direction of what follows, halves of characters, or what ends lines. */
    private static boolean shows(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
