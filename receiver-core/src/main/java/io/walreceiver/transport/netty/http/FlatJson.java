package io.walreceiver.transport.netty.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** JSON objects without anything nested: members are text or integers. All that is said over HTTP here is one of these. */
final class FlatJson {

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /**
     * Writes an object.
     *
     * @param members text or {@link Number}s, in order
     */
    static String write(Map<String, ?> members) {
        StringBuilder out = new StringBuilder("{");
        members.forEach((name, value) -> {
            if (out.length() > 1) {
                out.append(',');
            }
            quote(out, name);
            out.append(':');
            if (value instanceof Number) {
                out.append(value);
            } else {
                quote(out, value.toString());
            }
        });
        return out.append('}').toString();
    }

    /**
     * Reads an object. Strict: no member twice, no fractions, no exponents, nothing after it.
     *
     * @return text as String, integers as Long, in order
     * @throws IllegalArgumentException saying where it is wrong, and what was expected there
     */
    static Map<String, Object> read(String text) {
        return new FlatJson(text).object();
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        if (peek() != '}') {
            do {
                int start = at;
                String name = string();
                expect(':');
                Object value = peek() == '"' ? string() : (Object) integer();
                if (members.put(name, value) != null) {
                    throw wrong(start, "a member that was not given before");
                }
            } while (next(','));
        }
        expect('}');
        if (peek() != 0) {
            throw wrong(at, "the end");
        }
        return members;
    }

    private long integer() {
        skipSpace();
        int start = at;
        if (peek() == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        boolean leadingZero = at - digits > 1 && text.charAt(digits) == '0';
        if (at == digits || leadingZero) {
            throw wrong(start, "a string or an integer");
        }
        try {
            return Long.parseLong(text, start, at, 10);
        } catch (NumberFormatException e) {
            throw wrong(start, "an integer of 64 bits");
        }
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c < ' ') {
                throw wrong(at - 1, "no control character");
            }
            value.append(c == '\\' ? escaped() : c);
        }
        throw wrong(at, "the end of a string");
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : 0;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong(at - 1, "an escape");
        };
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0 || text.charAt(at) > 'f') {
                throw wrong(at, "four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private boolean next(char wanted) {
        boolean found = peek() == wanted;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char wanted) {
        if (!next(wanted)) {
            throw wrong(at, "'" + wanted + "'");
        }
    }

    /** The next character that is no space; 0 at the end. */
    private char peek() {
        skipSpace();
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException wrong(int offset, String expected) {
        String found =
                offset < text.length() ? String.format("character U+%04X", (int) text.charAt(offset)) : "the end";
        return new IllegalArgumentException(
                "JSON, character " + offset + ": expected " + expected + ", found " + found);
    }

    private static void quote(StringBuilder out, String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7F || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c)); // a lone surrogate has no form in UTF-8
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
