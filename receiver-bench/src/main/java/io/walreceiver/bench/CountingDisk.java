package io.walreceiver.bench;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.DiskLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** The operating system's disk, with every fsync counted. */
final class CountingDisk implements Disk {

    private final Disk disk = Disk.ofOperatingSystem();
    private final AtomicLong fileSyncs = new AtomicLong();
    private final AtomicLong directorySyncs = new AtomicLong();

    /** Fsyncs of files so far. */
    long fileSyncs() {
        return fileSyncs.get();
    }

    /** Fsyncs of directories so far. */
    long directorySyncs() {
        return directorySyncs.get();
    }

    /** All of them. */
    long syncs() {
        return fileSyncs() + directorySyncs();
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return new CountingFile(disk.create(file));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return new CountingFile(disk.open(file));
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        return disk.openForReading(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public Instant lastModified(Path file) throws IOException {
        return disk.lastModified(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        disk.createDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        directorySyncs.incrementAndGet();
        disk.syncDirectory(directory);
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) throws IOException {
        return disk.tryLock(file);
    }

    private final class CountingFile implements DiskFile {

        private final DiskFile file;

        CountingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            file.write(at, bytes, offset, length);
        }

        @Override
        public int read(long at, byte[] into, int offset, int length) throws IOException {
            return file.read(at, into, offset, length);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            fileSyncs.incrementAndGet();
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
