package io.walreceiver.storage.records;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Takes the lines of a file one after the other.
 *
 * <p>A line has a form, for example {@code log LOG durable POSITION}: words in capitals stand for values, the others for themselves.
 * The last value goes to the end of the line and may hold blanks.
 */
final class LineReader {

    private final Path file;
    private final List<String> lines;
    private final String whatToDo;
    private int next;

    LineReader(Path file, List<String> lines, String whatToDo) {
        this.file = file;
        this.lines = lines;
        this.whatToDo = whatToDo;
    }

    boolean hasNext() {
        return next < lines.size();
    }

    /** Takes a line that is known. */
    void expect(String line) throws DamagedFileException {
        next(line, values -> values);
    }

    /**
     * Takes a line of this form.
     *
     * @param meaning makes something of its values; may reject them with an {@link IllegalArgumentException}
     */
    <T> T next(String form, Function<List<String>, T> meaning) throws DamagedFileException {
        if (!hasNext()) {
            throw damaged(form, "the end");
        }
        String line = lines.get(next);
        List<String> values = values(form, line).orElseThrow(() -> damaged(form, "'" + Escaped.of(line) + "'"));
        try {
            T result = meaning.apply(values);
            next++;
            return result;
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            throw damaged(form, "'" + Escaped.of(line) + "' (" + e.getMessage() + ")");
        }
    }

    void expectEnd() throws DamagedFileException {
        if (hasNext()) {
            throw damaged("the end", "'" + Escaped.of(lines.get(next)) + "'");
        }
    }

    private static Optional<List<String>> values(String form, String line) {
        String[] words = form.split(" ");
        String[] found = line.split(" ", words.length);
        if (found.length < words.length) {
            return Optional.empty();
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            if (Character.isUpperCase(words[i].charAt(0))) {
                values.add(found[i]);
            } else if (!words[i].equals(found[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private DamagedFileException damaged(String expected, String found) {
        return new DamagedFileException(file, "line " + (next + 1), expected, found, whatToDo);
    }
}
