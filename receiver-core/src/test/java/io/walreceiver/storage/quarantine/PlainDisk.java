package io.walreceiver.storage.quarantine;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.DiskFullException;
import io.walreceiver.storage.disk.DiskLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The files of the machine, in one folder, with as much room as a test says and an operation that fails where it says so. */
final class PlainDisk implements Disk {

    private final Path folder;
    private long roomBytes = Long.MAX_VALUE;
    private int sound = Integer.MAX_VALUE;
    private boolean forEver;
    private Change meanwhile = () -> {};

    interface Change {
        void make() throws IOException;
    }

    PlainDisk(Path folder) {
        this.folder = folder;
    }

    /** The files of the folder may be this large together. */
    void room(long bytes) {
        roomBytes = bytes;
    }

    /** After so many more operations one fails, having done half of what it should; or that one and all after it. */
    void failAfter(int operations, boolean andForEver) {
        sound = operations;
        forEver = andForEver;
    }

    /** What happens to the files once they have been listed. */
    void afterListing(Change change) {
        meanwhile = change;
    }

    boolean failed() {
        return sound < 0;
    }

    private void operate() throws IOException {
        sound--;
        if (sound == -1 || (sound < 0 && forEver)) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        operate();
        return new PlainFile(FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        operate();
        return new PlainFile(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        operate();
        return new PlainFile(FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        operate();
        try (Stream<Path> files = Files.list(directory)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            meanwhile.make();
            return names;
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
        operate();
        Files.createDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        operate();
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path path) throws IOException {
        operate();
        Files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        throw new AssertionError("nothing rests on a quarantine");
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) {
        throw new AssertionError("a quarantine is within a directory that is locked");
    }

    private long usedBytes() throws IOException {
        long used = 0;
        for (String name : Files.exists(folder) ? List.of(folder.toFile().list()) : List.<String>of()) {
            used += Files.size(folder.resolve(name));
        }
        return used;
    }

    private final class PlainFile implements DiskFile {

        private final FileChannel channel;

        PlainFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            try {
                operate();
            } catch (IOException e) {
                channel.write(ByteBuffer.wrap(bytes, offset, length / 2), at);
                throw e;
            }
            if (length > roomBytes - usedBytes()) {
                channel.write(ByteBuffer.wrap(bytes, offset, (int) Math.max(0, roomBytes - usedBytes())), at);
                throw new DiskFullException("no room", new IOException("No space left on device"));
            }
            channel.write(ByteBuffer.wrap(bytes, offset, length), at);
        }

        @Override
        public int read(long at, byte[] into, int offset, int length) throws IOException {
            operate();
            return Math.max(0, channel.read(ByteBuffer.wrap(into, offset, Math.min(length, 100)), at));
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) {
            throw new AssertionError("nothing in a quarantine is cut");
        }

        @Override
        public void sync() {
            throw new AssertionError("nothing rests on a quarantine");
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
