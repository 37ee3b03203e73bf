package io.walreceiver.storage.records;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.DiskLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files of the machine, with a record of what was changed, and a way to fail. */
public final class PlainDisk implements Disk {

    private final List<String> changes = new ArrayList<>();
    private int failFrom = Integer.MAX_VALUE;

    /** Every change asked for from now on, in words. */
    public List<String> changes() {
        return changes;
    }

    /** Lets the n-th change from now on fail, and every one after it; a write that fails has written half. */
    public void failFrom(int change) {
        failFrom = changes.size() + change;
    }

    /** Lets everything succeed again. */
    public void heal() {
        failFrom = Integer.MAX_VALUE;
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        change("create " + file.getFileName());
        return open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        return open(file, StandardOpenOption.READ);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public java.time.Instant lastModified(Path file) throws IOException {
        return java.nio.file.Files.getLastModifiedTime(file).toInstant();
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        change("createDirectory " + directory.getFileName());
        Files.createDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        change("rename " + from.getFileName() + " " + to.getFileName());
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        change("delete " + path.getFileName());
        Files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        change("syncDirectory");
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) {
        throw new UnsupportedOperationException();
    }

    private DiskFile open(Path file, OpenOption... options) throws IOException {
        return new PlainFile(file.getFileName().toString(), FileChannel.open(file, options));
    }

    private boolean fails(String change) {
        changes.add(change);
        return changes.size() >= failFrom;
    }

    private void change(String change) throws IOException {
        if (fails(change)) {
            throw new IOException("told to fail: " + change);
        }
    }

    private final class PlainFile implements DiskFile {

        private final String name;
        private final FileChannel channel;

        PlainFile(String name, FileChannel channel) {
            this.name = name;
            this.channel = channel;
        }

        @Override
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            boolean fails = fails("write " + name);
            ByteBuffer left = ByteBuffer.wrap(bytes, offset, fails ? length / 2 : length);
            while (left.hasRemaining()) {
                channel.write(left, at + left.position() - offset);
            }
            if (fails) {
                throw new IOException("told to fail: write " + name);
            }
        }

        @Override
        public int read(long at, byte[] into, int offset, int length) throws IOException {
            ByteBuffer left = ByteBuffer.wrap(into, offset, length);
            while (left.hasRemaining() && channel.read(left, at + left.position() - offset) >= 0) {}
            return left.position() - offset;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            change("truncate " + name);
            channel.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            change("sync " + name);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
