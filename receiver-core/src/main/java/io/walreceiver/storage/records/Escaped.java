package io.walreceiver.storage.records;

import java.util.HexFormat;

/**
 * Text that stays on its line: a backslash is doubled, and control characters, line separators and surrogates without a partner,
 * which UTF-8 cannot hold, are written as a backslash, {@code u} and four hex digits. Everything else stands for itself.
 */
final class Escaped {

    private static final int HEX_DIGITS = 4;

    private Escaped() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\\') {
                out.append("\\\\");
            } else if (mustBeEscaped(point)) {
                out.append("\\u").append(HexFormat.of().toHexDigits((char) point));
            } else {
                out.appendCodePoint(point);
            }
        });
        return out.toString();
    }

    /**
     * The text that was escaped.
     *
     * @throws IllegalArgumentException if a backslash escapes nothing
     */
    static String parse(String escaped) {
        StringBuilder out = new StringBuilder(escaped.length());
        int at = 0;
        while (at < escaped.length()) {
            char c = escaped.charAt(at);
            if (c != '\\') {
                out.append(c);
                at++;
            } else if (escaped.startsWith("\\\\", at)) {
                out.append(c);
                at += 2;
            } else if (escaped.startsWith("\\u", at) && at + 2 + HEX_DIGITS <= escaped.length()) {
                out.append((char) HexFormat.fromHexDigits(escaped, at + 2, at + 2 + HEX_DIGITS));
                at += 2 + HEX_DIGITS;
            } else {
                throw new IllegalArgumentException("a backslash that escapes nothing, at character " + at);
            }
        }
        return out.toString();
    }

    private static boolean mustBeEscaped(int point) {
        int type = Character.getType(point);
        return type == Character.CONTROL
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE;
    }
}
