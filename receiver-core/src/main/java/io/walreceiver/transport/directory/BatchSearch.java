package io.walreceiver.transport.directory;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.BatchMark;
import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.transport.publication.BatchMatch;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks for a batch in the files of one log. Files may overlap and be copies of one another: one that holds it is enough. */
final class BatchSearch {

    private final BatchMark mark;
    private boolean held;
    private boolean other;
    private @Nullable String corrupt;

    private BatchSearch(BatchMark mark) {
        this.mark = mark;
    }

    /**
     * Whether one of the files holds the batch, as it is or as the end of one.
     *
     * @param files of the log, in order
     * @param head last event of the log
     * @return empty if its events are in no file any more
     * @throws IOException if a file cannot be read, or what stands in the place of the batch is corrupt
     */
    static Optional<Boolean> among(List<SegmentFile> files, BatchMark mark, long head) throws IOException {
        BatchSearch search = new BatchSearch(mark);
        for (SegmentFile file : files) {
            // Until it is read the last event is the highest that its size has room for.
            if (file.firstSeq() <= mark.lastSeq() && file.lastSeq() >= mark.firstSeq() && !search.held) {
                search.look(file);
            }
        }
        if (search.held) {
            return Optional.of(true);
        }
        if (search.corrupt != null) {
            throw new IOException(search.corrupt + "; put an intact copy there: whether a follower's " + mark
                    + " is of this log cannot be told without");
        }
        boolean beyond = mark.lastSeq() > head;
        return search.other || beyond ? Optional.of(false) : Optional.empty();
    }

    private void look(SegmentFile file) throws IOException {
        try (BatchWalk walk = BatchWalk.open(file.path(), file.firstSeq())) {
            while (walk.next()) {
                if (walk.lastSeq() >= mark.firstSeq()) {
                    compare(file, walk);
                    return;
                }
            }
            if (!walk.atEnd()) {
                corrupt = "segment file " + file + ": expected a batch from event " + walk.firstSeq() + " at byte "
                        + walk.offset() + ", found something else";
            }
        } catch (NoSuchFileException e) {
            return; // gone since it was listed, as if it had been gone before
        }
    }

    /** The batch that holds the first event of the mark, or one after it. */
    private void compare(SegmentFile file, BatchWalk walk) throws IOException {
        if (walk.firstSeq() > mark.firstSeq()) {
            return; // the file begins within: another one may hold it whole
        }
        SegmentView batch;
        try {
            batch = SegmentDecoder.decode(walk.read(file.id().log()));
        } catch (CorruptSegmentException e) {
            corrupt = "segment file " + file + ", batch at byte " + walk.offset() + ": " + e.getMessage();
            return;
        }
        if (!isIntact(batch)) {
            corrupt = "segment file " + file + ", batch of " + batch.batch(0) + " at byte " + walk.offset()
                    + ": its checksum is not that of its bytes";
        } else if (BatchMatch.matches(mark, batch, 0)) {
            held = true;
        } else {
            other = true;
        }
    }

    private static boolean isIntact(SegmentView segment) {
        EventBatch batch = segment.batch(0);
        byte[] checksum = new byte[BatchHasher.CHECKSUM_BYTES];
        BatchHasher.fastest()
                .hash(
                        segment.bytes(),
                        new int[] {0},
                        new int[] {batch.count() * EventBatch.EVENT_BYTES},
                        0,
                        1,
                        checksum);
        int stored = segment.checksumOffset(0);
        return Arrays.equals(segment.bytes(), stored, stored + checksum.length, checksum, 0, checksum.length);
    }
}
