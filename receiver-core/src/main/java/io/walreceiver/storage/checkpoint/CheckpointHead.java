package io.walreceiver.storage.checkpoint;

import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Skips;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a checkpoint says of itself, beside its log and position. */
record CheckpointHead(Instant createdAt, Skips skips) {

    private static final String TITLE = "walreceiver checkpoint";
    private static final String NUMBER = "number ";
    private static final String CREATED = "created ";
    private static final int FIRST_SKIP = 3;

    String text(long number) {
        return Stream.concat(Stream.of(TITLE, NUMBER + number, CREATED + createdAt), skips.lines().stream())
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** Reads the text of a checkpoint that must have the number in its name. */
    static CheckpointHead parse(Checkpoint checkpoint, String text) throws DamagedFileException {
        List<String> lines = text.lines().toList();
        if (lines.size() < FIRST_SKIP
                || !lines.get(0).equals(TITLE)
                || !lines.get(1).equals(NUMBER + checkpoint.number())
                || !lines.get(2).startsWith(CREATED)) {
            throw damaged(checkpoint, lines);
        }
        try {
            return new CheckpointHead(
                    Instant.parse(lines.get(2).substring(CREATED.length())),
                    Skips.parse(checkpoint.path(), lines.subList(FIRST_SKIP, lines.size()), BlockReader.WHAT_TO_DO));
        } catch (DateTimeException e) {
            throw damaged(checkpoint, lines);
        }
    }

    private static DamagedFileException damaged(Checkpoint checkpoint, List<String> lines) {
        return new DamagedFileException(
                checkpoint.path(),
                "head, in block 0 at offset 0",
                List.of(TITLE, NUMBER + checkpoint.number(), CREATED + "TIME"),
                lines.stream().limit(FIRST_SKIP).toList(),
                BlockReader.WHAT_TO_DO);
    }
}
