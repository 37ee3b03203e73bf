package io.walreceiver.transport.netty.security;

/** What others wrote, made fit for a line of a log: no control characters, no more than {@value #MAX_LENGTH} characters. */
public final class PrintableText {

    /** Most characters that are kept. */
    public static final int MAX_LENGTH = 200;

    private PrintableText() {}

    /** The text, as far as it may stand in a log. */
    public static String of(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 0x7F ? c : '?');
        }
        return text.length() > MAX_LENGTH ? out.append("...").toString() : out.toString();
    }
}
