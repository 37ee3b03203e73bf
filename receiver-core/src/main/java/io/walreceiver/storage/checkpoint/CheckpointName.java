package io.walreceiver.storage.checkpoint;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file name says of a checkpoint.
 *
 * @param ending its state
 */
record CheckpointName(long position, long number, String ending) {

    static final String FINISHED = ".ckpt";
    static final String TEMPORARY = ".ckpt.tmp";
    static final String ROTTEN = ".ckpt.rotten";

    private static final Pattern PATTERN =
            Pattern.compile("checkpoint-(\\d{20})-(\\d{8}|[1-9]\\d{8,17})(\\.ckpt(?:\\.tmp|\\.rotten)?)");

    /** The checkpoints of any state in a folder, newest first. */
    static List<CheckpointName> list(Disk disk, Path folder) throws IOException {
        return disk.list(folder).stream()
                .map(CheckpointName::parse)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingLong(CheckpointName::number).reversed())
                .toList();
    }

    /** Those of one state, newest first. */
    static List<CheckpointName> list(Disk disk, Path folder, String ending) throws IOException {
        return list(disk, folder).stream()
                .filter(name -> name.ending.equals(ending))
                .toList();
    }

    static Optional<CheckpointName> parse(String name) {
        Matcher matcher = PATTERN.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new CheckpointName(
                    Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), matcher.group(3)));
        } catch (NumberFormatException e) {
            return Optional.empty(); // no position is that high: not ours
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "checkpoint-%020d-%08d%s", position, number, ending);
    }
}
