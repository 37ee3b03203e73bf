package io.walreceiver.storage.wal;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.disk.DiskLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One folder in memory that fails on request and forgets in a crash what was not synced. */
final class PlainDisk implements Disk {

    static final Path FOLDER = Path.of("log");

    private Map<Path, Inode> names = new HashMap<>();
    private Map<Path, Inode> durableNames = new HashMap<>();
    private final List<Consumer<Map<Path, Inode>>> pendingNames = new ArrayList<>();

    /** What was done, as "sync wal-..." and so on; reads are not noted. */
    final List<String> operations = new ArrayList<>();

    /** Which operations fail. */
    Predicate<String> fails = operation -> false;
    /** All operations from this one on fail. */
    int failFrom = Integer.MAX_VALUE;
    /** Run when a file's sync begins, outside of any lock. */
    Runnable onSync = () -> {};

    /** What a failed sync makes durable all the same. */
    private final Random partly;

    PlainDisk() {
        this(3);
    }

    PlainDisk(long seed) {
        this.partly = new Random(seed);
    }

    static final class Inode {
        private byte[] current = new byte[0];
        private byte[] durable = new byte[0];
        private final List<UnaryOperator<byte[]>> pending = new ArrayList<>();

        void change(UnaryOperator<byte[]> change) {
            current = change.apply(current);
            pending.add(change);
        }
    }

    /** Power goes: of what was not synced each piece is kept or lost as chance has it. */
    synchronized void crash(Random random) {
        double kept = random.nextInt(3) / 2.0;
        names = new HashMap<>(durableNames);
        for (Consumer<Map<Path, Inode>> change : pendingNames) {
            if (random.nextDouble() < kept) {
                change.accept(names);
            }
        }
        pendingNames.clear();
        durableNames = new HashMap<>(names);
        for (Inode inode : names.values()) {
            byte[] bytes = inode.durable;
            for (UnaryOperator<byte[]> change : inode.pending) {
                if (random.nextDouble() < kept) {
                    byte[] changed = change.apply(bytes);
                    bytes = kept < 1 && changed.length > bytes.length && random.nextInt(4) == 0
                            ? Arrays.copyOf(changed, bytes.length + random.nextInt(changed.length - bytes.length + 1))
                            : changed;
                }
            }
            inode.pending.clear();
            inode.current = bytes;
            inode.durable = bytes;
        }
        recover();
    }

    /** Nothing fails any more. */
    synchronized void recover() {
        fails = operation -> false;
        failFrom = Integer.MAX_VALUE;
        operations.clear();
    }

    /** What is durable for sure, as a disk of its own. */
    synchronized PlainDisk durable() {
        return durably(durableNames, inode -> inode.durable);
    }

    synchronized PlainDisk copy() {
        return durably(names, inode -> inode.current);
    }

    private static PlainDisk durably(Map<Path, Inode> names, Function<Inode, byte[]> bytes) {
        PlainDisk disk = new PlainDisk();
        names.forEach((path, inode) -> disk.put(path.getFileName().toString(), bytes.apply(inode)));
        return disk;
    }

    /** A durable file. */
    synchronized void put(String name, byte[] bytes) {
        Inode inode = new Inode();
        inode.current = bytes.clone();
        inode.durable = inode.current;
        names.put(FOLDER.resolve(name), inode);
        durableNames.put(FOLDER.resolve(name), inode);
    }

    synchronized byte[] bytes(String name) {
        return names.get(FOLDER.resolve(name)).current.clone();
    }

    synchronized List<String> names() {
        return names.keySet().stream()
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    private synchronized void step(String operation) throws IOException {
        operations.add(operation);
        if (fails.test(operation) || operations.size() > failFrom) {
            throw new IOException("injected: " + operation);
        }
    }

    private synchronized void rename(Consumer<Map<Path, Inode>> change) {
        change.accept(names);
        pendingNames.add(change);
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        step("create " + file.getFileName());
        synchronized (this) {
            if (names.containsKey(file)) {
                throw new FileAlreadyExistsException(file.toString());
            }
            Inode inode = new Inode();
            rename(map -> map.put(file, inode));
            return new PlainFile(file, inode);
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return openForReading(file);
    }

    @Override
    public synchronized DiskFile openForReading(Path file) throws IOException {
        return new PlainFile(file, existing(file));
    }

    @Override
    public List<String> list(Path directory) {
        return names();
    }

    @Override
    public synchronized boolean exists(Path path) {
        return path.equals(FOLDER) || names.containsKey(path);
    }

    @Override
    public java.time.Instant lastModified(Path file) throws IOException {
        return java.nio.file.Files.getLastModifiedTime(file).toInstant();
    }

    @Override
    public void createDirectory(Path directory) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename " + from.getFileName() + " " + to.getFileName());
        Inode inode = existing(from);
        rename(map -> {
            if (map.remove(from, inode)) {
                map.put(to, inode);
            }
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete " + path.getFileName());
        Inode inode = existing(path);
        rename(map -> map.remove(path, inode));
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step("sync directory");
        synchronized (this) {
            pendingNames.clear();
            durableNames = new HashMap<>(names);
        }
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) {
        throw new UnsupportedOperationException();
    }

    private synchronized Inode existing(Path file) throws NoSuchFileException {
        Inode inode = names.get(file);
        if (inode == null) {
            throw new NoSuchFileException(file.toString());
        }
        return inode;
    }

    private final class PlainFile implements DiskFile {

        private final Path path;
        private final Inode inode;
        private boolean closed;

        PlainFile(Path path, Inode inode) {
            this.path = path;
            this.inode = inode;
        }

        @Override
        public void write(long at, byte[] bytes, int offset, int length) throws IOException {
            checkOpen();
            byte[] written = Arrays.copyOfRange(bytes, offset, offset + length);
            try {
                step("write " + path.getFileName());
            } catch (IOException e) {
                apply(at, Arrays.copyOf(written, length / 2));
                throw e;
            }
            apply(at, written);
        }

        private void apply(long at, byte[] written) {
            synchronized (PlainDisk.this) {
                inode.change(before -> {
                    byte[] after = Arrays.copyOf(before, Math.max(before.length, (int) at + written.length));
                    System.arraycopy(written, 0, after, (int) at, written.length);
                    return after;
                });
            }
        }

        @Override
        public int read(long at, byte[] into, int offset, int length) throws IOException {
            checkOpen();
            synchronized (PlainDisk.this) {
                int read = (int) Math.max(0, Math.min(length, inode.current.length - at));
                System.arraycopy(inode.current, read == 0 ? 0 : (int) at, into, offset, read);
                return read;
            }
        }

        @Override
        public long size() throws IOException {
            checkOpen();
            synchronized (PlainDisk.this) {
                return inode.current.length;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            checkOpen();
            step("truncate " + path.getFileName());
            synchronized (PlainDisk.this) {
                inode.change(before -> size < before.length ? Arrays.copyOf(before, (int) size) : before);
            }
        }

        @Override
        public void sync() throws IOException {
            checkOpen();
            int covered;
            synchronized (PlainDisk.this) {
                covered = inode.pending.size();
            }
            onSync.run();
            try {
                step("sync " + path.getFileName());
            } catch (IOException e) {
                synchronized (PlainDisk.this) {
                    // Some of it is durable, and of the rest no later sync makes it so, though it can be read.
                    List<UnaryOperator<byte[]>> lost = inode.pending.subList(0, covered);
                    for (UnaryOperator<byte[]> change : lost) {
                        if (partly.nextBoolean()) {
                            inode.durable = change.apply(inode.durable);
                        }
                    }
                    lost.clear();
                }
                throw e;
            }
            synchronized (PlainDisk.this) {
                List<UnaryOperator<byte[]>> synced = inode.pending.subList(0, covered);
                for (UnaryOperator<byte[]> change : synced) {
                    inode.durable = change.apply(inode.durable);
                }
                synced.clear();
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new IOException(path + " is closed");
            }
        }
    }
}
