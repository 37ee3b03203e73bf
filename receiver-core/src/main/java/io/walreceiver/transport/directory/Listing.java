package io.walreceiver.transport.directory;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The segment files of some directories. Only names that are a segment's count, so nothing that is being written is looked at. */
final class Listing {

    private final List<Path> directories;
    private final Predicate<LogId> wanted;
    private Map<Path, SegmentFile> files = new HashMap<>();

    Listing(List<Path> directories, Predicate<LogId> wanted) {
        this.directories = directories;
        this.wanted = wanted;
    }

    /**
     * What differs from the time before.
     *
     * @param added files that were not there
     * @param removed files that are not there any more
     */
    record Change(List<SegmentFile> added, List<SegmentFile> removed) {}

    /**
     * Lists the directories. Files that were known are not looked at again.
     *
     * <p>A listing is of no one instant: of two files that are written meanwhile it may hold the later one alone, and the follower would
     * see a gap. So one that holds something new is followed by a second one, which has all that was there before; what is later than
     * the new files of the first waits for the next time.
     *
     * @throws SegmentReadException if a directory cannot be listed
     */
    Change refresh() {
        Map<Path, SegmentFile> found = new HashMap<>();
        List<SegmentFile> added = new ArrayList<>();
        list(found, added, any -> true);
        if (!added.isEmpty()) {
            Map<LogId, Long> last = new HashMap<>();
            for (SegmentFile file : added) {
                last.merge(file.id().log(), file.id().seqno(), Listing::later);
            }
            list(found, added, id -> {
                Long known = last.get(id.log());
                return known != null && later(known, id.seqno()) == known;
            });
        }
        files.keySet().removeAll(found.keySet());
        List<SegmentFile> removed = List.copyOf(files.values());
        files = found;
        return new Change(added, removed);
    }

    private static long later(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? other : one;
    }

    private void list(Map<Path, SegmentFile> found, List<SegmentFile> added, Predicate<WalSegmentId> fresh) {
        for (int i = 0; i < directories.size(); i++) {
            list(i, found, added, fresh);
        }
    }

    private void list(int index, Map<Path, SegmentFile> found, List<SegmentFile> added, Predicate<WalSegmentId> fresh) {
        Path directory = directories.get(index);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Iterator<Path> paths = entries.iterator(); paths.hasNext(); ) {
                Path path = paths.next();
                Optional<WalSegmentId> id =
                        WalSegmentId.ofFileName(path.getFileName().toString()).filter(any -> wanted.test(any.log()));
                SegmentFile known = files.get(path);
                if (known != null) {
                    found.put(path, known);
                } else if (!found.containsKey(path) && id.filter(fresh).isPresent()) {
                    look(path, id.get(), index).ifPresent(file -> {
                        found.put(path, file);
                        added.add(file);
                    });
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw unlistable(directory, e);
        }
    }

    private static Optional<SegmentFile> look(Path path, WalSegmentId id, int directory) throws IOException {
        try {
            return SegmentFile.at(path, id, directory);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // gone since it was listed: as if it had been gone before
        }
    }

    private static SegmentReadException unlistable(Path directory, Exception e) {
        Throwable cause = e instanceof DirectoryIteratorException ? e.getCause() : e;
        String found = cause instanceof NoSuchFileException
                ? "nothing by that name"
                : cause instanceof NotDirectoryException ? "a file" : String.valueOf(cause);
        return new SegmentReadException(
                directory,
                "segment directory " + directory + ": expected a readable directory, found " + found
                        + "; create it or correct the path or its permissions, then subscribe again",
                cause);
    }
}
