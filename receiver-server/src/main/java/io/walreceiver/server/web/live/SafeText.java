package io.walreceiver.server.web.live;

import org.jspecify.annotations.Nullable;

/** What others wrote, bounded and without characters that steer a terminal or turn a line around. It stays text: never markup. */
final class SafeText {

    static final int MAX_NAME = 200;
    static final int MAX_SENTENCE = 1000;

    private SafeText() {}

    static String name(String text) {
        return of(text, MAX_NAME);
    }

    static String sentence(String text) {
        return of(text, MAX_SENTENCE);
    }

    static @Nullable String nameOrNull(@Nullable String text) {
        return text == null ? null : name(text);
    }

    private static String of(String text, int max) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), max + 1));
        int at = 0;
        while (at < text.length() && out.length() < max) {
            int point = text.codePointAt(at);
            out.appendCodePoint(isPlain(point) ? point : '?');
            at += Character.charCount(point);
        }
        return at < text.length() ? out.append('…').toString() : out.toString();
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
