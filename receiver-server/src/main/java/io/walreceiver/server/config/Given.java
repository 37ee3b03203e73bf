package io.walreceiver.server.config;

import io.walreceiver.server.input.Mistake;
import java.nio.file.Path;

/**
 * What somebody said that an option is.
 *
 * @param text as it was written
 * @param origin where
 */
record Given(String text, Origin origin) {

    /**
     * Where it was said.
     *
     * @param name a file, a variable of the environment, or an option of the command line
     * @param line in the file, from 1; else 0
     * @param column in the file, from 1; else 0
     * @param base what names of files are relative to
     */
    record Origin(String name, int line, int column, Path base) {

        /** Nobody has said it. */
        static final Origin PRESET = new Origin("default", 0, 0, Path.of(""));

        /** Not in a file. */
        static Origin of(String name) {
            return new Origin(name, 0, 0, Path.of(""));
        }

        Mistake mistake(String what) {
            return new Mistake(name, line, column, what);
        }

        @Override
        public String toString() {
            return line == 0 ? name : name + ":" + line;
        }
    }
}
