package io.walreceiver.server.replay;

import io.walreceiver.format.WalSegmentId;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The segment files of some directories, by their names: what there is to replay. Immutable.
 *
 * @param sizes bytes of each segment
 */
public record SegmentFiles(Map<WalSegmentId, Long> sizes) {

    public SegmentFiles {
        // Not Map.copyOf: it probes linearly, and ids are dense numbers: many files of several logs would take it
        // minutes.
        sizes = Collections.unmodifiableMap(new HashMap<>(sizes));
    }

    /**
     * Lists directories. Files with other names are left alone.
     *
     * @throws IOException if a directory cannot be read
     */
    public static SegmentFiles in(List<Path> directories) throws IOException {
        Map<WalSegmentId, Long> sizes = new HashMap<>();
        for (Path directory : directories) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Optional<WalSegmentId> id =
                            WalSegmentId.ofFileName(file.getFileName().toString());
                    if (id.isPresent() && Files.isRegularFile(file)) {
                        sizes.merge(id.get(), Files.size(file), Math::max);
                    }
                }
            }
        }
        return new SegmentFiles(sizes);
    }

    /** The files that a segment is in: one in each directory, or more where both kinds of names are used. */
    public static List<Path> of(WalSegmentId segment, List<Path> directories) {
        String shortName =
                String.format(Locale.ROOT, "wal-%020d.seg", new BigInteger(Long.toUnsignedString(segment.seqno())));
        return directories.stream()
                .flatMap(directory -> Stream.of(segment.fileName(), shortName).map(directory::resolve))
                .filter(file -> WalSegmentId.ofFileName(String.valueOf(file.getFileName()))
                        .equals(Optional.of(segment)))
                .filter(Files::isRegularFile)
                .distinct()
                .toList();
    }

    /** How many bytes there are in all. */
    public long bytes() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many bytes a segment has; 0 if it is not there. */
    public long bytes(WalSegmentId segment) {
        return sizes.getOrDefault(segment, 0L);
    }

    /** How many logs there are. */
    public long logs() {
        return sizes.keySet().stream().map(WalSegmentId::log).distinct().count();
    }
}
