package io.walreceiver.storage.wal;

import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Seals what an earlier process left open.
 *
 * <p>Bytes of such a file that are not known to be durable may be in the page cache only: an fsync that failed leaves them readable,
 * and a later one says nothing about them. So they are copied, and the copy is synced, before the file is cut to what is durable:
 *
 * <pre>
 *   F.seg.open   durable | good | anything        F.seg.open           durable | good | anything
 *   C.seg.tmp              good                   C.seg                          good, durable
 *
 *   then F.seg.open is cut behind what is durable, synced, and renamed to F.seg
 * </pre>
 *
 * <p>After a crash at any step the files read the same: the copy appears whole under its name or not at all (temporary files are
 * deleted), and where two files overlap the reader goes on with the later. Where nothing of F is known to be durable C is F, and the
 * copy replaces it.
 */
final class OpenFiles {

    private final Disk disk;

    OpenFiles(Disk disk) {
        this.disk = disk;
    }

    /**
     * Seals a file.
     *
     * @param nextFirst where the next file begins; {@link Long#MAX_VALUE} if there is none
     * @param goodBytes how far it was found to be good, or all of it if it was not read
     * @param bound the last event that is known to be durable
     * @param last whether no sealed file lies behind it
     */
    void seal(LogFile file, long nextFirst, long goodBytes, long bound, boolean last) throws IOException {
        boolean empty = false;
        try (DiskFile bytes = disk.open(file.path())) {
            Extents extents = walk(bytes, file.firstSeq(), nextFirst, goodBytes, bound);
            if (extents.good > extents.durable) {
                copy(file, bytes, extents);
            }
            if (extents.durable > 0 && last) {
                DurableFiles.cutAgain(bytes, extents.durable);
            } else if (extents.durable > 0) {
                DurableFiles.cut(bytes, extents.durable); // what may come back behind it is not read: the next file is
            }
            empty = extents.good == 0;
        }
        if (empty) {
            disk.delete(file.path());
        } else {
            disk.rename(file.path(), file.sealedPath());
        }
    }

    private void copy(LogFile file, DiskFile bytes, Extents extents) throws IOException {
        WalSegmentId id = new WalSegmentId(file.id().log(), extents.firstNotDurable);
        Path sealed = file.path().resolveSibling(id.fileName());
        Path temporary = sealed.resolveSibling(id.fileName() + LogFile.TEMPORARY);
        DurableFiles.copy(disk, bytes, extents.durable, extents.good, temporary);
        disk.rename(temporary, extents.durable == 0 ? file.path() : sealed);
        disk.syncParent(sealed);
    }

    /** Finds whole batches by their headers; the reader has looked at the checksums of those that count. */
    private static Extents walk(DiskFile bytes, long first, long nextFirst, long goodBytes, long bound)
            throws IOException {
        long durable = 0;
        long firstNotDurable = first;
        long seq = first;
        long at = 0;
        while (at < goodBytes && seq < nextFirst) {
            Piece piece = Piece.read(bytes, at, goodBytes);
            if (piece.batches() == 0) {
                // Only in a file that was not read, since all of it is at or below the checkpoint: rot in it costs no
                // event that is needed, and is kept as it is.
                return new Extents(goodBytes, goodBytes, seq);
            }
            for (int batch = 0; batch < piece.batches() && seq < nextFirst; batch++) {
                seq += piece.events(batch);
                at += piece.offset(batch + 1) - piece.offset(batch);
                if (seq - 1 <= bound) {
                    durable = at;
                    firstNotDurable = seq;
                }
            }
        }
        return new Extents(durable, at, firstNotDurable);
    }

    /** How far a file is durable and how far good, both at the end of a batch, and the first event that is not durable. */
    private record Extents(long durable, long good, long firstNotDurable) {}
}
