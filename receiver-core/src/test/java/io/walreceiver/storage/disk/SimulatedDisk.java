package io.walreceiver.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that behaves as badly as a real one may: a cache, which all reads see, above a medium, which is all that a loss
 * of power leaves. At first it holds the directory {@link #ROOT}, empty.
 *
 * <p><b>Crashes.</b> Operations that may change something (create, open, write, truncate, sync, rename, delete, createDirectory,
 * syncDirectory, tryLock) are numbered from 1. The one of {@link #crashAt} does not happen, or happens unseen by its caller; of a
 * write, any first part reaches the cache. It and all that come after it, reads too, throw {@link SimulatedCrash}; only closing is
 * silent. What is left is seen through a disk of its own, on which there are no handles, locks, faults or bounds:
 *
 * <pre>{@code
 * SimulatedDisk whole = new SimulatedDisk(seed);
 * scenario.run(whole);
 * for (long crash = 1; crash <= whole.operations(); crash++) {
 *     SimulatedDisk disk = new SimulatedDisk(seed);
 *     disk.crashAt(crash);
 *     assertThatThrownBy(() -> scenario.run(disk)).isInstanceOf(SimulatedCrash.class);
 *     recoverAndCompare(disk.afterPowerLoss(new Random(seed)));   // as often as wanted, each another loss
 *     recoverAndCompare(disk.afterProcessKill());                 // once, last: it goes on with the disk's own files
 * }
 * }</pre>
 *
 * <p><b>Loss of power.</b> Of a file, what was synced is there. Each write since is lost, whole, or torn: each 512-byte sector of it
 * is there or not, in no order, and the file may have grown without its bytes, to zeros. A cut since may have happened or not. Of a
 * directory, each name stands for what it stood for at the last sync or for anything since, on its own, but that a rename never
 * loses the file: it is there under the old name, the new one, or both (a directory: under one of them), and a name that was there
 * before and after is there. Syncing a file does not sync its name. What lies in a directory whose name is lost is lost.
 *
 * <p><b>Faults.</b> They say {@code Input/output error}. A sync that fails takes what it should have written for clean, as Linux
 * does: reads see it until the power is lost, a later sync succeeds without making it durable, and at a loss of power it is lost or
 * torn, never whole (of a directory: each name is as it was or as it became). A write that fails has written any first part.
 * A full disk writes what fits; its files count with their size, and with no byte left nothing is created.
 *
 * <p>Not modelled: reads that see other bytes than were written without {@link #flipBit}, clean pages dropped from the cache after a
 * failed sync, links, permissions, more than 1 GiB in a file. Opening a locked file is an {@link AssertionError}: on a real system
 * closing it would drop the lock.
 *
 * <p>Any thread may use it; used by one, all of it follows from the seed.
 */
public final class SimulatedDisk implements Disk {

    /** The directory that is always there. */
    public static final Path ROOT = Path.of("/");

    private static final long MOST_BYTES = 1 << 30;

    private final Tree tree;
    private final Random random;
    private final Set<SimulatedFile> handles = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Path> locks = new HashSet<>();
    private final Fault reads = new Fault();
    private final Fault writes = new Fault();
    private final Fault syncs = new Fault();
    private boolean readOnly;
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private @Nullable String crash;
    private boolean handedOver;

    /** An empty one. */
    public SimulatedDisk(long seed) {
        this(new DirectoryNode(), seed);
    }

    private SimulatedDisk(DirectoryNode root, long seed) {
        this.tree = new Tree(root);
        this.random = new Random(seed);
    }

    /** How many operations have begun. */
    public synchronized long operations() {
        return operations;
    }

    /** Crashes at an operation, by its number; what lies at or below {@link #operations} never comes. */
    public synchronized void crashAt(long operation) {
        crashAt = operation;
    }

    /** Whether the operation of {@link #crashAt} was reached, or a survivor was asked for. */
    public synchronized boolean crashed() {
        return crash != null;
    }

    /** What is left when the power is lost: the same each time for the same random numbers. If it runs still, this is the crash. */
    public synchronized SimulatedDisk afterPowerLoss(Random losses) {
        die("the power was lost");
        DirectoryNode survivor = (DirectoryNode) new PowerLoss(losses).survivorOf(tree.root);
        return new SimulatedDisk(survivor, losses.nextLong());
    }

    /**
     * What is left when the process is killed: all that it wrote, of which a later loss of power takes what was not synced. If it
     * runs still, this is the crash. Hands the files over: it can be asked for once, after the losses of power of the same crash.
     */
    public synchronized SimulatedDisk afterProcessKill() {
        die("the process was killed");
        handedOver = true;
        return new SimulatedDisk(tree.root, random.nextLong());
    }

    private void die(String how) {
        if (handedOver) {
            throw new IllegalStateException(
                    "the files were handed over by afterProcessKill(): ask for its survivors instead");
        }
        if (crash == null) {
            crash = how;
        }
    }

    /** Fails the n-th sync of a file or directory from now, 1 for the next. */
    public synchronized void failSync(long nth) {
        syncs.at(nth);
    }

    /** Fails the syncs of the files and directories that are chosen, by the name under which they were opened, until told otherwise. */
    public synchronized void failSyncs(Predicate<Path> chosen) {
        syncs.of(chosen);
    }

    /** Fails the n-th write from now, 1 for the next. */
    public synchronized void failWrite(long nth) {
        writes.at(nth);
    }

    /** Fails the writes of the files that are chosen, by the name under which they were opened, until told otherwise. */
    public synchronized void failWrites(Predicate<Path> chosen) {
        writes.of(chosen);
    }

    /** Fails the n-th read from now, 1 for the next. */
    public synchronized void failRead(long nth) {
        reads.at(nth);
    }

    /** Fails the reads of the files that are chosen, by the name under which they were opened, until told otherwise. */
    public synchronized void failReads(Predicate<Path> chosen) {
        reads.of(chosen);
    }

    /** Ends the faults of reads, writes and syncs. */
    public synchronized void repair() {
        List.of(reads, writes, syncs).forEach(Fault::none);
    }

    /** Bounds the sum of the sizes of all files, from now on: what is there already stays. */
    public synchronized void capacity(long bytes) {
        tree.capacity = bytes;
    }

    /** Refuses all changes, or allows them again. */
    public synchronized void readOnly(boolean refuses) {
        readOnly = refuses;
    }

    /** Lets a bit of a file rot, in the cache and on the medium: bit 0 is the lowest of the first byte. */
    public synchronized void flipBit(Path file, long bit) {
        FileNode node = fileAt(file);
        if (bit < 0 || bit >>> 3 >= node.cache.size()) {
            throw new IllegalArgumentException(file + " has " + node.cache.size() + " bytes, not a bit " + bit);
        }
        node.flip(bit);
    }

    /** What reads of a file see, also after a crash. */
    public synchronized byte[] content(Path file) {
        return fileAt(file).cache.bytes();
    }

    private FileNode fileAt(Path file) {
        if (tree.find(file) instanceof FileNode node) {
            return node;
        }
        throw new IllegalArgumentException("there is no file " + file);
    }

    /** Handles that were not closed. */
    public synchronized int openFiles() {
        return handles.size();
    }

    private interface Action<T> {

        T run() throws IOException;
    }

    private synchronized <T> T operation(String name, Path path, Action<T> action) throws IOException {
        checkAlive();
        operations++;
        if (operations != crashAt) {
            return action.run();
        }
        crash = "at operation " + operations + ": " + name + " " + path;
        if (random.nextBoolean()) {
            try {
                action.run();
            } catch (IOException | RuntimeException e) {
                // Nobody is there to see it.
            }
        }
        throw new SimulatedCrash(crash);
    }

    private <T> T change(String name, Path path, Action<T> action) throws IOException {
        return operation(name, path, () -> {
            if (readOnly) {
                throw new FileSystemException(path.toString(), null, "Read-only file system");
            }
            return action.run();
        });
    }

    private void checkAlive() {
        if (crash != null) {
            throw new SimulatedCrash("after the crash: " + crash);
        }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
        return change("create", file, () -> {
            FileNode node = new FileNode();
            tree.add(file, node);
            return handle(file, node, true);
        });
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        return change("open", file, () -> handle(file, tree.existingFile(file), true));
    }

    @Override
    public synchronized DiskFile openForReading(Path file) throws IOException {
        checkAlive();
        return handle(file, tree.existingFile(file), false);
    }

    private SimulatedFile handle(Path path, FileNode node, boolean writable) {
        if (locks.contains(path.normalize())) {
            throw new AssertionError(path + " is locked: closing this handle of it would drop the lock");
        }
        SimulatedFile handle = new SimulatedFile(this, path, node, writable);
        handles.add(handle);
        return handle;
    }

    @Override
    public synchronized List<String> list(Path directory) throws IOException {
        checkAlive();
        return new ArrayList<>(tree.existingDirectory(directory).names.keySet());
    }

    @Override
    public synchronized boolean exists(Path path) {
        checkAlive();
        return tree.find(path) != null;
    }

    @Override
    public java.time.Instant lastModified(Path file) throws IOException {
        return java.time.Instant.EPOCH;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        change("createDirectory", directory, () -> {
            tree.add(directory, new DirectoryNode());
            return null;
        });
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (!Objects.equals(from.getParent(), to.getParent())) {
            throw new IllegalArgumentException("cannot rename " + from + " to " + to + ": two directories");
        }
        change("rename", from, () -> {
            tree.rename(from, to);
            return null;
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        change("delete", path, () -> {
            tree.delete(path);
            return null;
        });
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        operation("syncDirectory", directory, () -> {
            DirectoryNode node = tree.existingDirectory(directory);
            if (syncs.strikes(directory)) {
                node.failSync();
                throw inputOutputError(directory);
            }
            node.sync();
            return null;
        });
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) throws IOException {
        Path locked = file.normalize();
        return change("tryLock", file, () -> {
            if (tree.find(file) == null) {
                tree.add(file, new FileNode());
            }
            return locks.add(locked) ? Optional.of(new SimulatedLock(this, locked)) : Optional.empty();
        });
    }

    synchronized void unlocked(Path file) {
        locks.remove(file);
    }

    void write(SimulatedFile file, long at, byte[] bytes, int offset, int length) throws IOException {
        if (at > MOST_BYTES - length) {
            throw new AssertionError(file + " would have more bytes than are simulated: " + length + " at " + at);
        }
        change("write", file.path, () -> {
            file.checkOpen();
            boolean failed = writes.strikes(file.path);
            long fits = tree.fitting(file.node, at, length);
            int part = (int) (failed || crash != null ? random.nextInt((int) fits + 1) : fits);
            file.node.write((int) at, bytes, offset, part);
            if (failed) {
                throw inputOutputError(file.path);
            }
            if (fits < length) {
                throw Tree.full(file.path);
            }
            return null;
        });
    }

    synchronized int read(SimulatedFile file, long at, byte[] into, int offset, int length) throws IOException {
        checkAlive();
        file.checkOpen();
        if (reads.strikes(file.path)) {
            throw inputOutputError(file.path);
        }
        return file.node.cache.read(at, into, offset, length);
    }

    synchronized long size(SimulatedFile file) throws IOException {
        checkAlive();
        file.checkOpen();
        return file.node.cache.size();
    }

    void truncate(SimulatedFile file, long size) throws IOException {
        change("truncate", file.path, () -> {
            file.checkOpen();
            if (size < 0 || size > file.node.cache.size()) {
                throw new IllegalArgumentException(
                        "cannot cut " + file + " to " + size + " bytes: it has " + file.node.cache.size());
            }
            file.node.cut((int) size);
            return null;
        });
    }

    void sync(SimulatedFile file) throws IOException {
        operation("sync", file.path, () -> {
            file.checkOpen();
            if (syncs.strikes(file.path)) {
                file.node.failSync();
                throw inputOutputError(file.path);
            }
            file.node.sync();
            return null;
        });
    }

    synchronized void closed(SimulatedFile file) {
        handles.remove(file);
    }

    private static IOException inputOutputError(Path file) {
        return new FileSystemException(file.toString(), null, "Input/output error");
    }
}
