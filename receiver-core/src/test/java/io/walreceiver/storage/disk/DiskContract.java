package io.walreceiver.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What storage relies on in a {@link Disk} on which nothing goes wrong: the real one and the simulated one are the same. */
interface DiskContract {

    /** The same for one test. */
    Disk disk();

    /** An empty directory of the disk. */
    Path directory();

    private Path file(String name) {
        return directory().resolve(name);
    }

    private void write(Path path, String text) throws IOException {
        try (DiskFile file = disk().create(path)) {
            put(file, 0, text);
        }
    }

    private String text(Path path) throws IOException {
        try (DiskFile file = disk().openForReading(path)) {
            return text(file);
        }
    }

    private static void put(DiskFile file, long at, String text) throws IOException {
        file.write(at, text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
    }

    private static String text(DiskFile file) throws IOException {
        byte[] bytes = new byte[(int) file.size()];
        assertThat(file.read(0, bytes, 0, bytes.length)).isEqualTo(bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    default void aFileIsCreatedOnce() throws IOException {
        write(file("a"), "one");

        assertThatThrownBy(() -> disk().create(file("a")))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(file("a").toString());
        assertThat(text(file("a"))).isEqualTo("one");
    }

    @Test
    default void whatIsMissingIsNotOpened() {
        assertThatThrownBy(() -> disk().open(file("a")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(file("a").toString());
        assertThatThrownBy(() -> disk().openForReading(file("a"))).isInstanceOf(NoSuchFileException.class);
        assertThat(disk().exists(file("a"))).isFalse();
    }

    @Test
    default void nothingIsMadeInADirectoryThatIsMissing() {
        Path inside = file("missing").resolve("a");

        assertThatThrownBy(() -> disk().create(inside)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk().createDirectory(inside)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk().tryLock(inside)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    default void nothingIsMadeInAFile() throws IOException {
        write(file("a"), "");
        Path inside = file("a").resolve("b");

        assertThatThrownBy(() -> disk().create(inside)).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> disk().createDirectory(inside)).isInstanceOf(FileSystemException.class);
        assertThat(disk().exists(inside)).isFalse();
    }

    @Test
    default void aDirectoryIsNotOpenedAsAFile() throws IOException {
        disk().createDirectory(file("d"));

        assertThatThrownBy(() -> disk().open(file("d")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(file("d").toString());
        assertThatThrownBy(() -> disk().openForReading(file("d")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(file("d").toString());
        assertThatThrownBy(() -> disk().create(file("d"))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    default void bytesAreWrittenAndReadAtTheirPlace() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            put(file, 0, "hello world");
            put(file, 6, "earth");

            assertThat(text(file)).isEqualTo("hello earth");
            byte[] into = "..........".getBytes(StandardCharsets.ISO_8859_1);
            assertThat(file.read(6, into, 2, 4)).isEqualTo(4);
            assertThat(new String(into, StandardCharsets.ISO_8859_1)).isEqualTo("..eart....");
            assertThat(file.read(9, into, 0, 10)).isEqualTo(2);
            assertThat(file.read(11, into, 0, 10)).isZero();
            assertThat(file.read(99, into, 0, 10)).isZero();
            assertThat(file.read(0, into, 10, 0)).isZero();
        }
    }

    @Test
    default void onlyThePartNamedIsWritten() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            file.write(0, "abcdef".getBytes(StandardCharsets.ISO_8859_1), 2, 3);
            file.write(9, new byte[4], 4, 0);

            assertThat(text(file)).isEqualTo("cde");
        }
    }

    @Test
    default void whatIsSkippedIsZeros() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            put(file, 3, "x");

            assertThat(text(file)).isEqualTo("\0\0\0x");
        }
    }

    @Test
    default void manyBytesComeBackAsTheyWere() throws IOException {
        byte[] bytes = new byte[(1 << 20) + 77];
        new Random(1).nextBytes(bytes);
        try (DiskFile file = disk().create(file("a"))) {
            file.write(5, bytes, 0, bytes.length);

            byte[] into = new byte[bytes.length + 10];
            assertThat(file.read(5, into, 0, into.length)).isEqualTo(bytes.length);
            assertThat(into).startsWith(bytes);
        }
    }

    @Test
    default void aPlaceOrPartThatCannotBeIsRefused() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            assertThatThrownBy(() -> put(file, -1, "x")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.read(-1, new byte[1], 0, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.write(0, new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> file.read(0, new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(file.size()).isZero();
        }
    }

    @Test
    default void aFileIsCutAndGrowsAgainWithoutItsOldBytes() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            put(file, 0, "hello");
            file.truncate(5);
            file.truncate(2);
            assertThat(text(file)).isEqualTo("he");

            put(file, 4, "x");
            assertThat(text(file)).isEqualTo("he\0\0x");
            assertThatThrownBy(() -> file.truncate(6)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void aFileOpenedForReadingIsNotWritten() throws IOException {
        write(file("a"), "one");
        try (DiskFile file = disk().openForReading(file("a"))) {
            assertThatThrownBy(() -> put(file, 0, "x"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(file("a").toString());
            assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(IllegalStateException.class);
            file.sync();

            assertThat(text(file)).isEqualTo("one");
        }
    }

    @Test
    default void handlesOfOneFileSeeOneAnother() throws IOException {
        try (DiskFile file = disk().create(file("a"));
                DiskFile other = disk().open(file("a"))) {
            put(file, 0, "one");
            put(other, 3, "two");

            assertThat(text(file)).isEqualTo("onetwo");
        }
    }

    @Test
    default void aClosedFileFails() throws IOException {
        DiskFile file = disk().create(file("a"));
        file.close();
        file.close();

        assertThatThrownBy(() -> put(file, 0, "x")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(file::size).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.truncate(0)).isInstanceOf(IOException.class);
        assertThatThrownBy(file::sync)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file("a").toString());
    }

    @Test
    default void namesAreListedInOrder() throws IOException {
        write(file("b"), "");
        write(file("a"), "");
        disk().createDirectory(file("c"));
        write(file("c").resolve("d"), "");

        assertThat(disk().list(directory())).containsExactly("a", "b", "c");
        assertThat(disk().list(file("c"))).containsExactly("d");
        assertThatThrownBy(() -> disk().list(file("a"))).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> disk().list(file("z"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    default void aDirectoryIsCreatedOnce() throws IOException {
        disk().createDirectory(file("d"));
        write(file("a"), "");

        assertThat(disk().exists(file("d"))).isTrue();
        assertThatThrownBy(() -> disk().createDirectory(file("d"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk().createDirectory(file("a"))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    default void aFileTakesTheNameAndPlaceOfAnother() throws IOException {
        write(file("a"), "new");
        write(file("b"), "old");

        disk().rename(file("a"), file("b"));

        assertThat(disk().list(directory())).containsExactly("b");
        assertThat(text(file("b"))).isEqualTo("new");
    }

    @Test
    default void aDirectoryIsRenamedWithWhatIsInIt() throws IOException {
        disk().createDirectory(file("d"));
        write(file("d").resolve("a"), "one");

        disk().rename(file("d"), file("e"));

        assertThat(disk().list(directory())).containsExactly("e");
        assertThat(text(file("e").resolve("a"))).isEqualTo("one");
    }

    @Test
    default void whatCannotBeRenamedStays() throws IOException {
        disk().createDirectory(file("d"));
        write(file("d").resolve("a"), "one");
        write(file("a"), "two");

        assertThatThrownBy(() -> disk().rename(file("x"), file("y"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk().rename(file("a"), file("d"))).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> disk().rename(file("a"), file("d").resolve("b")))
                .isInstanceOf(IllegalArgumentException.class);
        disk().rename(file("a"), file("a"));
        assertThat(text(file("a"))).isEqualTo("two");
    }

    @Test
    default void anOpenFileOutlivesItsName() throws IOException {
        try (DiskFile file = disk().create(file("a"))) {
            put(file, 0, "one");
            disk().rename(file("a"), file("b"));
            put(file, 3, "two");
            file.sync();
            assertThat(text(file("b"))).isEqualTo("onetwo");

            disk().delete(file("b"));
            put(file, 6, "three");
            file.sync();
            assertThat(text(file)).isEqualTo("onetwothree");
            assertThat(disk().list(directory())).isEmpty();
        }
    }

    @Test
    default void filesAndEmptyDirectoriesAreDeleted() throws IOException {
        disk().createDirectory(file("d"));
        write(file("d").resolve("a"), "one");

        assertThatThrownBy(() -> disk().delete(file("d"))).isInstanceOf(DirectoryNotEmptyException.class);
        disk().delete(file("d").resolve("a"));
        disk().delete(file("d"));

        assertThat(disk().list(directory())).isEmpty();
        assertThatThrownBy(() -> disk().delete(file("d"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    default void directoriesAreSyncedAndNothingElseAsOne() throws IOException {
        write(file("a"), "");

        disk().syncDirectory(directory());

        assertThatThrownBy(() -> disk().syncDirectory(file("a"))).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> disk().syncDirectory(file("z"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    default void aLockIsHeldOnceUntilItIsClosed() throws IOException {
        DiskLock lock = disk().tryLock(file("lock")).orElseThrow();
        assertThat(disk().exists(file("lock"))).isTrue();
        assertThat(disk().tryLock(file("lock"))).isEmpty();
        assertThat(disk().tryLock(directory().resolve("../" + directory().getFileName() + "/lock")))
                .isEmpty();

        lock.close();
        Optional<DiskLock> again = disk().tryLock(file("lock"));
        assertThat(again).isPresent();
        lock.close();
        assertThat(disk().tryLock(file("lock"))).isEmpty();
        again.orElseThrow().close();
    }

    @Test
    default void anInterruptCutsNothingShort() throws IOException {
        Thread.currentThread().interrupt();
        try {
            disk().createDirectory(file("d"));
            try (DiskFile file = disk().create(file("a"))) {
                put(file, 0, "one");
                file.sync();
                file.truncate(2);
                put(file, 2, "x");
                assertThat(text(file)).isEqualTo("onx");
            }
            disk().rename(file("a"), file("b"));
            disk().syncDirectory(directory());
            assertThat(text(file("b"))).isEqualTo("onx");
            assertThat(disk().list(directory())).containsExactly("b", "d");
            DiskLock lock = disk().tryLock(file("lock")).orElseThrow();
            assertThat(disk().tryLock(file("lock"))).isEmpty();
            lock.close();
            disk().delete(file("b"));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
