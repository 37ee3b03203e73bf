package io.walreceiver.storage.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file of the operating system. Not a {@link java.nio.channels.FileChannel}, which an interrupt closes: Reactor cancels by
 * interrupt, and the next commit would find its file gone.
 */
final class OpenFile implements DiskFile {

    /** The virtual machine copies what goes to or comes from the system; this bounds the copy. */
    private static final int SLICE_BYTES = 128 << 10;

    private final Path path;
    private final boolean writable;
    /** Guards its place: seeking and what follows are one step. Closed only under this and {@link #syncing}. */
    private final RandomAccessFile file;
    /** Apart from {@link #file}, so that bytes can be written while a sync is under way. */
    private final Object syncing = new Object();

    private OpenFile(Path path, boolean writable) throws IOException {
        this.path = path;
        this.writable = writable;
        this.file = randomAccess(path, writable);
    }

    static OpenFile forWriting(Path path) throws IOException {
        return new OpenFile(path, true);
    }

    static OpenFile forReading(Path path) throws IOException {
        return new OpenFile(path, false);
    }

    private static RandomAccessFile randomAccess(Path path, boolean writable) throws IOException {
        try {
            return new RandomAccessFile(path.toFile(), writable ? "rw" : "r");
        } catch (FileNotFoundException e) {
            if (Files.notExists(path)) { // deleted since it was asked for: readers know what to make of that
                throw new NoSuchFileException(path.toString());
            }
            throw DiskErrors.unnamed(path, "cannot open", 0, e);
        }
    }

    @Override
    public void write(long at, byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        checkPlace(at);
        checkWritable();
        for (int done = 0; done < length; ) {
            int slice = Math.min(SLICE_BYTES, length - done);
            try {
                writeSlice(at + done, bytes, offset + done, slice);
            } catch (IOException e) {
                throw DiskErrors.unnamed(path, "cannot write " + slice + " bytes at " + (at + done), slice, e);
            }
            done += slice;
        }
    }

    private void writeSlice(long at, byte[] bytes, int offset, int length) throws IOException {
        synchronized (file) {
            file.seek(at);
            file.write(bytes, offset, length);
        }
    }

    @Override
    public int read(long at, byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        checkPlace(at);
        int done = 0;
        while (done < length) {
            int slice = Math.min(SLICE_BYTES, length - done);
            int read;
            try {
                read = readSlice(at + done, into, offset + done, slice);
            } catch (IOException e) {
                throw DiskErrors.unnamed(path, "cannot read " + slice + " bytes at " + (at + done), 0, e);
            }
            if (read < 0) {
                break;
            }
            done += read;
        }
        return done;
    }

    private int readSlice(long at, byte[] into, int offset, int length) throws IOException {
        synchronized (file) {
            file.seek(at);
            return file.read(into, offset, length);
        }
    }

    @Override
    public long size() throws IOException {
        synchronized (file) {
            try {
                return file.length();
            } catch (IOException e) {
                throw DiskErrors.unnamed(path, "cannot tell its size", 0, e);
            }
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        checkWritable();
        synchronized (file) {
            long now = size();
            if (size < 0 || size > now) {
                throw new IllegalArgumentException("cannot cut " + path + " to " + size + " bytes: it has " + now);
            }
            try {
                file.setLength(size);
            } catch (IOException e) {
                throw DiskErrors.unnamed(path, "cannot cut it to " + size + " bytes", DiskErrors.A_BLOCK, e);
            }
        }
    }

    @Override
    public void sync() throws IOException {
        synchronized (syncing) {
            try {
                file.getFD().sync();
            } catch (IOException e) {
                throw DiskErrors.unnamed(path, "cannot sync", DiskErrors.A_BLOCK, e);
            }
        }
    }

    /** Waits for what is under way: the system gives a closed file's number to the next one that is opened. */
    @Override
    public void close() throws IOException {
        synchronized (syncing) {
            synchronized (file) {
                try {
                    file.close();
                } catch (IOException e) {
                    throw DiskErrors.unnamed(path, "cannot close", DiskErrors.A_BLOCK, e);
                }
            }
        }
    }

    private static void checkPlace(long at) {
        if (at < 0) {
            throw new IllegalArgumentException("a place in a file is 0 or more, not " + at);
        }
    }

    private void checkWritable() {
        if (!writable) {
            throw new IllegalStateException(path + " was opened for reading");
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
