package io.walreceiver.transport.directory;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.LeaderEpoch;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Under whose reign the logs of a directory are written, as a small file that the leader writes when it takes over:
 *
 * <pre>
 * epoch 7
 * log 1:3 start 12000
 * </pre>
 *
 * A log that is not named began in this reign. Empty lines and those that begin with {@code #} say nothing.
 *
 * @param number the reign's
 * @param starts last event that was taken over, per log
 */
record EpochFile(long number, Map<LogId, Long> starts) {

    static final String NAME = "leader-epoch";

    private static final int MAX_BYTES = 1 << 20;
    private static final String FORM =
            "'epoch NUMBER' (1 or more), then lines 'log REGION:SHARD start EVENT' (0 or more)";

    /**
     * Reads the file of a directory.
     *
     * @return empty if there is none
     * @throws IOException if it is not such a file, or cannot be read
     */
    static Optional<EpochFile> read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(file, "size", "at most " + MAX_BYTES + " bytes", Files.size(file) + " bytes");
            }
            return Optional.of(parse(file, Files.readAllLines(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (MalformedInputException e) {
            throw unreadable(file, "bytes", "UTF-8 text", "something else");
        }
    }

    private static EpochFile parse(Path file, List<String> lines) throws IOException {
        long number = 0;
        Map<LogId, Long> starts = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).strip().split("\\s+");
            if (words[0].isEmpty() || words[0].startsWith("#")) {
                continue;
            }
            try {
                if (number == 0 && words.length == 2 && words[0].equals("epoch")) {
                    number = new LeaderEpoch(Long.parseLong(words[1]), 0).number();
                } else if (number > 0 && words.length == 4 && words[0].equals("log") && words[2].equals("start")) {
                    starts.put(LogId.parse(words[1]), new LeaderEpoch(number, Long.parseLong(words[3])).start());
                } else {
                    throw unreadable(file, "line " + (i + 1), FORM, "'" + lines.get(i) + "'");
                }
            } catch (IllegalArgumentException e) {
                throw unreadable(file, "line " + (i + 1), FORM, "'" + lines.get(i) + "'");
            }
        }
        if (number == 0) {
            throw unreadable(file, "line 1", FORM, "no epoch");
        }
        return new EpochFile(number, Map.copyOf(starts));
    }

    private static IOException unreadable(Path file, String where, String expected, String found) {
        return new IOException(file + ", " + where + ": expected " + expected + ", found " + found
                + "; correct the file, or remove it to publish without an epoch");
    }

    LeaderEpoch of(LogId log) {
        return new LeaderEpoch(number, starts.getOrDefault(log, 0L));
    }
}
