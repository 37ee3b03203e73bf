package io.walreceiver.storage.disk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The files of the operating system. */
final class FileDisk implements Disk {

    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");

    @Override
    public DiskFile create(Path file) throws IOException {
        try {
            FileChannel.open(file, CREATE_NEW, WRITE).close();
        } catch (IOException e) {
            throw DiskErrors.named(file, e);
        }
        try {
            return OpenFile.forWriting(file);
        } catch (IOException e) {
            deleteAfter(e, file);
            throw e;
        }
    }

    private static void deleteAfter(IOException failure, Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        // Asked first because RandomAccessFile creates what is missing, and says FileNotFoundException whatever the
        // cause.
        FileChannel.open(file, READ, WRITE).close();
        return OpenFile.forWriting(file);
    }

    @Override
    public DiskFile openForReading(Path file) throws IOException {
        FileChannel.open(file, READ).close();
        return OpenFile.forReading(file);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            paths.forEach(path -> names.add(path.getFileName().toString()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(null);
        return names;
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public Instant lastModified(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw DiskErrors.named(directory, e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (!Objects.equals(from.getParent(), to.getParent())) {
            throw new IllegalArgumentException("cannot rename " + from + " to " + to + ": two directories");
        }
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw DiskErrors.named(to, e);
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw Files.exists(directory)
                    ? new NotDirectoryException(directory.toString())
                    : new NoSuchFileException(directory.toString());
        }
        if (WINDOWS) {
            return;
        }
        // Not a FileChannel: an interrupt closes that one, and its ClosedByInterruptException takes the place of an
        // error that
        // the system reports but once. This one is deaf to interrupts and forces on the calling thread.
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(directory, READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw DiskErrors.unnamed(directory, "cannot sync the directory", DiskErrors.A_BLOCK, e);
        }
    }

    @Override
    public Optional<DiskLock> tryLock(Path file) throws IOException {
        return FileLocks.tryLock(file);
    }
}
