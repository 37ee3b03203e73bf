package io.walreceiver;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.DiskLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A disk that tells of each operation before it does it, so that a test can wait there, fail it, or note who does it. */
final class HookedDisk implements Disk {

    interface Hook {
        void before(String operation, Path path) throws IOException;
    }

    private final Disk disk;
    volatile Hook hook = (operation, path) -> {};

    HookedDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        hook.before("create", file);
        return new HookedFile(disk.create(file), file);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        hook.before("open", file);
        return new HookedFile(disk.open(file), file);
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        hook.before("openForReading", file);
        return new HookedFile(disk.openForReading(file), file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        hook.before("list", directory);
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public Instant lastModified(Path file) throws IOException {
        hook.before("lastModified", file);
        return disk.lastModified(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        hook.before("createDirectory", directory);
        disk.createDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        hook.before("rename", to);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        hook.before("delete", path);
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        hook.before("syncDirectory", directory);
        disk.syncDirectory(directory);
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) throws IOException {
        hook.before("tryLock", file);
        return disk.tryLock(file);
    }

    private final class HookedFile implements DiskFile {

        private final DiskFile file;
        private final Path path;

        HookedFile(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            hook.before("write", path);
            file.write(at, bytes, offset, length);
        }

        @Override
        public int read(long at, byte[] into, int offset, int length) throws IOException {
            hook.before("read", path);
            return file.read(at, into, offset, length);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            hook.before("truncate", path);
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            hook.before("sync", path);
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
