package io.walreceiver.server.input;

import java.util.ArrayList;
import java.util.List;

/** The fields of one line of a CSV file. */
public final class Csv {

    private Csv() {}

    /**
     * Splits a line at its commas. A field in double quotes may hold commas, and double quotes written twice.
     *
     * @throws IllegalArgumentException if a quote is not closed where it should be
     */
    public static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (true) {
            if (at < line.length() && line.charAt(at) == '"') {
                int end = closingQuote(line, at);
                fields.add(line.substring(at + 1, end).replace("\"\"", "\""));
                at = end + 1;
            } else {
                int comma = line.indexOf(',', at);
                int end = comma < 0 ? line.length() : comma;
                fields.add(line.substring(at, end));
                at = end;
            }
            if (at == line.length()) {
                return fields;
            }
            if (line.charAt(at) != ',') {
                throw new IllegalArgumentException("expected a comma after the closing quote");
            }
            at++;
        }
    }

    private static int closingQuote(String line, int opening) {
        for (int i = opening + 1; i < line.length(); i++) {
            if (line.charAt(i) == '"') {
                if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
                    i++;
                } else {
                    return i;
                }
            }
        }
        throw new IllegalArgumentException("a double quote is not closed on its line");
    }
}
