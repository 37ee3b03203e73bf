package io.walreceiver.storage.wal;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Operations on files that are durable when they return. */
final class DurableFiles {

    private static final int PIECE_BYTES = 1 << 20;

    private DurableFiles() {}

    /** Cuts a file to a size, unless that is its size already. */
    static void cut(DiskFile file, long size) throws IOException {
        if (file.size() > size) {
            file.truncate(size);
        }
        file.sync();
    }

    /**
     * Cuts a file to a size also where it has that: it may owe it to a cut whose sync failed, which no later sync makes good. A crash on
     * the way may leave a byte more, which must not be taken for rot.
     */
    static void cutAgain(DiskFile file, long size) throws IOException {
        if (file.size() <= size) {
            file.write(size, new byte[1], 0, 1);
        }
        cut(file, size);
    }

    /** Copies the bytes from {@code start} to {@code end} to a new file. Its name is not durable yet. */
    static void copy(Disk disk, DiskFile from, long start, long end, Path to) throws IOException {
        try (DiskFile copy = disk.create(to)) {
            byte[] piece = new byte[(int) Math.min(PIECE_BYTES, end - start)];
            for (long at = start; at < end; ) {
                int read = from.read(at, piece, 0, (int) Math.min(piece.length, end - at));
                if (read == 0) {
                    throw new IOException(
                            to + ": cannot be copied: its source ends at byte " + at + ", expected " + end);
                }
                copy.write(at - start, piece, 0, read);
                at += read;
            }
            copy.sync();
        }
    }

    /** Whether two files hold the same bytes. */
    static boolean same(DiskFile one, DiskFile other) throws IOException {
        long size = one.size();
        if (size != other.size()) {
            return false;
        }
        byte[] a = new byte[(int) Math.min(PIECE_BYTES, size)];
        byte[] b = new byte[a.length];
        for (long at = 0; at < size; at += a.length) {
            int read = one.read(at, a, 0, a.length);
            if (read != other.read(at, b, 0, b.length) || !Arrays.equals(a, 0, read, b, 0, read)) {
                return false;
            }
        }
        return true;
    }
}
