package io.walreceiver.transport.directory;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The logs of a directory as of the last look: their files, where they begin and end. Looking costs a listing, and what is new in it. */
final class Catalog {

    /** Where the last file of a log ended when it had this size and time. */
    private record End(Path path, long sizeBytes, FileTime modified, long lastSeq) {}

    private final Listing listing;
    private final Map<LogId, NavigableSet<SegmentFile>> files = new HashMap<>();
    private final Map<LogId, End> ends = new HashMap<>();
    private volatile Map<LogId, Long> heads = Map.of();

    Catalog(Path directory) {
        this.listing = new Listing(List.of(directory), log -> true);
    }

    /** Last event of each log, as of the last look. Never waits. */
    Map<LogId, Long> heads() {
        return heads;
    }

    /** The files of each log now, in order; one that no log can hold is left out. */
    synchronized Map<LogId, List<SegmentFile>> look() throws IOException {
        Listing.Change change;
        try {
            change = listing.refresh();
        } catch (SegmentReadException e) {
            throw new IOException(e.getMessage(), e);
        }
        change.removed().forEach(this::remove);
        for (SegmentFile file : change.added()) {
            if (file.firstSeq() >= 1) {
                files.computeIfAbsent(file.id().log(), log -> new TreeSet<>(SegmentFile.ORDER))
                        .add(file);
            }
        }
        Map<LogId, Long> now = new HashMap<>();
        Map<LogId, List<SegmentFile>> found = new TreeMap<>();
        for (Map.Entry<LogId, NavigableSet<SegmentFile>> log : files.entrySet()) {
            found.put(log.getKey(), List.copyOf(log.getValue()));
            now.put(log.getKey(), end(log.getKey(), log.getValue().last()));
        }
        heads = Map.copyOf(now);
        return found;
    }

    private void remove(SegmentFile file) {
        LogId log = file.id().log();
        NavigableSet<SegmentFile> of = files.get(log);
        if (of != null && of.remove(file) && of.isEmpty()) {
            files.remove(log);
            ends.remove(log);
        }
    }

    private long end(LogId log, SegmentFile last) throws IOException {
        End known = ends.get(log);
        End end = end(last, known);
        if (end == null) { // gone since it was listed: the next look sees that
            return known == null ? last.firstSeq() - 1 : known.lastSeq;
        }
        ends.put(log, end);
        return end.lastSeq;
    }

    private static @Nullable End end(SegmentFile last, @Nullable End known) throws IOException {
        Path path = last.path();
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            if (known != null
                    && known.path.equals(path)
                    && known.sizeBytes == now.size()
                    && known.modified.equals(now.lastModifiedTime())) {
                return known;
            }
            try (BatchWalk walk = BatchWalk.open(path, last.firstSeq())) {
                boolean more = true;
                while (more) {
                    more = walk.next();
                }
                return new End(path, now.size(), now.lastModifiedTime(), walk.firstSeq() - 1);
            }
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
