package io.walreceiver.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest implements DiskContract {

    private static final Path FULL = Path.of("/dev/full");

    private final Disk disk = Disk.ofOperatingSystem();

    @TempDir
    Path directory;

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Path directory() {
        return directory;
    }

    /** Another process: prints whether it got the lock of a file, then keeps it until its input ends. */
    static final class Locker {

        private Locker() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println(
                    Disk.ofOperatingSystem().tryLock(Path.of(arguments[0])).isPresent());
            while (System.in.read() >= 0) {}
        }
    }

    private record Child(Process process, boolean locked) implements AutoCloseable {

        static Child locking(Path file) throws IOException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Locker.class.getName(),
                            file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader output = process.inputReader();
            String line = output.readLine();
            assertThat(line).isIn("true", "false");
            return new Child(process, Boolean.parseBoolean(line));
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private static boolean isFreeForAnotherProcess(Path file) throws IOException {
        try (Child child = Child.locking(file)) {
            return child.locked();
        }
    }

    /** Between asking for it and opening it, too. */
    @Test
    void aFileThatIsGoneIsSaidToBeGone() {
        assertThatThrownBy(() -> OpenFile.forReading(directory.resolve("gone")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aLockKeepsOtherProcessesOutUntilItIsClosed() throws IOException {
        Path file = directory.resolve("lock");
        try (DiskLock lock = disk.tryLock(file).orElseThrow()) {
            assertThat(disk.tryLock(file)).as("beside %s", lock).isEmpty();
            assertThat(isFreeForAnotherProcess(file))
                    .as("free after a second try in the first process")
                    .isFalse();
        }
        assertThat(isFreeForAnotherProcess(file)).isTrue();
    }

    @Test
    void theLockOfAnotherProcessEndsWithIt() throws IOException {
        Path file = directory.resolve("lock");
        try (Child child = Child.locking(file)) {
            assertThat(child.locked()).isTrue();
            assertThat(disk.tryLock(file)).isEmpty();
            assertThat(disk.tryLock(file)).isEmpty();
        }
        disk.tryLock(file).orElseThrow().close();
    }

    @Test
    void aLockTakenByOtherCodeOfThisProcessIsNotDroppedByTryingIt() throws IOException {
        Path file = directory.resolve("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(disk.tryLock(file)).isEmpty();
            assertThat(disk.tryLock(file)).isEmpty();
            assertThat(isFreeForAnotherProcess(file)).isFalse();
        }
        disk.tryLock(file).orElseThrow().close();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void twoWaysToOneLockFileMeet() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        try (DiskLock lock = disk.tryLock(real.resolve("lock")).orElseThrow()) {
            assertThat(disk.tryLock(link.resolve("lock"))).as("beside %s", lock).isEmpty();
            assertThat(isFreeForAnotherProcess(real.resolve("lock"))).isFalse();
        }
    }

    @Test
    void aFullDiskSaysSoAndWhatToDo() throws IOException {
        assumeTrue(Files.isWritable(FULL), "a device that is always full");
        try (DiskFile file = disk.open(FULL)) {
            assertThatThrownBy(() -> file.write(0, new byte[10], 0, 10))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining(FULL.toString())
                    .hasMessageContaining("cannot write 10 bytes at 0")
                    .hasMessageContaining("make room")
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void aFullDiskIsKnownInAnyLanguageByTheRoomThatIsLeft() {
        IOException noRoom = DiskErrors.unnamed(
                directory, "cannot write", Long.MAX_VALUE, new IOException("Auf dem Gerät ist kein Platz mehr"));
        assertThat(noRoom).isInstanceOf(DiskFullException.class);

        IOException other = DiskErrors.unnamed(directory, "cannot write", 1, new IOException("Eingabe-/Ausgabefehler"));
        assertThat(other)
                .isInstanceOf(FileSystemException.class)
                .hasMessage(directory + ": cannot write: Eingabe-/Ausgabefehler");
    }

    @Test
    void theNameOfAFileDoesNotMakeTheDiskFull() {
        Path file = directory.resolve("quota");
        IOException error = new FileSystemException(file.toString(), null, "Input/output error");

        assertThat(DiskErrors.named(file, error)).isSameAs(error);
    }

    @Test
    void aQuotaIsAFullDisk() {
        IOException error =
                DiskErrors.named(directory, new FileSystemException(directory.toString(), null, "Disk quota exceeded"));

        assertThat(error).isInstanceOf(DiskFullException.class).hasMessageContaining("Disk quota exceeded");
    }

    @Test
    void twoThreadsUseOneFileEachAtItsPlaces() throws IOException {
        int block = 1000;
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            IntStream.range(0, 200).parallel().forEach(i -> {
                byte[] bytes = new byte[block];
                Arrays.fill(bytes, (byte) i);
                byte[] back = new byte[block];
                try {
                    file.write((long) i * block, bytes, 0, block);
                    assertThat(file.read((long) i * block, back, 0, block)).isEqualTo(block);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                assertThat(back).isEqualTo(bytes);
            });
            assertThat(file.size()).isEqualTo(200 * block);
        }
    }

    @Test
    void aThreadInterruptedAgainAndAgainWritesOn() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            while (!done.get()) {
                writer.interrupt();
            }
        });
        byte[] bytes = new byte[1 << 20];
        Arrays.fill(bytes, (byte) 7);
        interrupter.start();
        try (DiskFile file = disk.create(directory.resolve("a"))) {
            for (int i = 0; i < 16; i++) {
                file.write((long) i * bytes.length, bytes, 0, bytes.length);
                file.sync();
                disk.syncDirectory(directory);
            }
            assertThat(file.size()).isEqualTo(16L * bytes.length);
        } finally {
            done.set(true);
            while (interrupter.isAlive()) {
                Thread.onSpinWait();
            }
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
