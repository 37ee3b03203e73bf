package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;

/** A handle of a file of a simulated disk, which does the work. */
final class SimulatedFile implements DiskFile {

    private final SimulatedDisk disk;
    /** As it was opened: a rename does not change it. */
    final Path path;

    final FileNode node;
    private final boolean writable;
    private volatile boolean closed;

    SimulatedFile(SimulatedDisk disk, Path path, FileNode node, boolean writable) {
        this.disk = disk;
        this.path = path;
        this.node = node;
        this.writable = writable;
    }

    @Override
    public void write(long at, byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        checkPlace(at);
        checkWritable();
        disk.write(this, at, bytes, offset, length);
    }

    @Override
    public int read(long at, byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        checkPlace(at);
        return disk.read(this, at, into, offset, length);
    }

    @Override
    public long size() throws IOException {
        return disk.size(this);
    }

    @Override
    public void truncate(long size) throws IOException {
        checkWritable();
        disk.truncate(this, size);
    }

    @Override
    public void sync() throws IOException {
        disk.sync(this);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            disk.closed(this);
        }
    }

    void checkOpen() throws IOException {
        if (closed) {
            throw new FileSystemException(path.toString(), null, "closed");
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
