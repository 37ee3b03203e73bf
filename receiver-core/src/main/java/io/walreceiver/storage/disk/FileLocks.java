package io.walreceiver.storage.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The locks that this process holds. The system takes a lock from a process that closes any of its handles of the file, so one that
 * is held here must not be tried by opening it once more: this is asked first.
 */
final class FileLocks {

    /** By the real path, so that two ways to one file meet. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    /** Handles of files that other code of this process has locked, as a copy of this class in another class loader would. */
    private static final Map<Path, FileChannel> KEPT_OPEN = new ConcurrentHashMap<>();

    private FileLocks() {}

    static Optional<DiskLock> tryLock(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path key = absolute.resolveSibling("").toRealPath().resolve(absolute.getFileName());
        if (!HELD.add(key)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        try {
            channel = lockedChannel(key);
            return channel == null ? Optional.empty() : Optional.of(new Held(key, channel));
        } catch (IOException e) {
            throw DiskErrors.unnamed(file, "cannot lock", DiskErrors.A_BLOCK, e);
        } finally {
            if (channel == null) {
                HELD.remove(key);
            }
        }
    }

    /** Null if the lock is held. */
    private static @Nullable FileChannel lockedChannel(Path file) throws IOException {
        FileChannel channel = KEPT_OPEN.remove(file);
        if (channel == null) {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            KEPT_OPEN.put(file, channel);
            return null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    private record Held(Path key, FileChannel channel, AtomicBoolean open) implements DiskLock {

        Held(Path key, FileChannel channel) {
            this(key, channel, new AtomicBoolean(true));
        }

        /** Closes before it forgets: the other way round, a new lock could be taken in between and dropped by the closing. */
        @Override
        public void close() {
            if (!open.getAndSet(false)) {
                return;
            }
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unlock " + key, e);
            } finally {
                HELD.remove(key);
            }
        }
    }
}
