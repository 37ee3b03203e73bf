package io.walreceiver.server.input;

/**
 * One thing that is wrong with a file.
 *
 * @param file the file, as it was named
 * @param line where, from 1; 0 if no line is at fault
 * @param column where, from 1; 0 if no column is at fault
 * @param what what was found there and what is expected
 */
public record Mistake(String file, int line, int column, String what) {

    @Override
    public String toString() {
        String where = line == 0 ? "" : column == 0 ? ":" + line : ":" + line + ":" + column;
        return file + where + ": " + what;
    }
}
