package io.walreceiver.storage.checkpoint;

import static io.walreceiver.storage.checkpoint.CheckpointFixture.LOG;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.NOON;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.SKIPS;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.blocks;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.image;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.ledger.ImageReader;
import io.walreceiver.storage.records.PlainDisk;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

    private static final int MAX_BLOCK = 1 << 20;

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();

    @Test
    void everythingComesBackExactly() throws IOException {
        byte[][] blocks = {{1, 2, 3}, {4}, new byte[100]};
        Checkpoint written = write(disk, folder, 1500, 3, blocks);

        assertThat(written.path()).hasFileName("checkpoint-00000000000000001500-00000003.ckpt");
        assertThat(written.sizeBytes()).isEqualTo(Files.size(written.path()));
        assertThat(Checkpoint.list(disk, folder, LOG)).containsExactly(written);
        assertThat(disk.list(folder)).hasSize(1);
        try (CheckpointReader reader = CheckpointReader.open(disk, written)) {
            reader.verify();
            assertThat(reader.createdAt()).isEqualTo(NOON);
            assertThat(reader.skips()).isEqualTo(SKIPS);
            assertThat(blocks(reader.image())).containsExactly(blocks);
            assertThat(blocks(reader.image())).as("once more").containsExactly(blocks);
        }
    }

    @Test
    void anEmptyImageIsAnImage() throws IOException {
        Checkpoint written = write(disk, folder, 0, 1);

        assertThat(image(disk, written)).isEmpty();
    }

    @Test
    void afterTheLastBlockThereIsNone() throws IOException {
        try (CheckpointReader reader = CheckpointReader.open(disk, write(disk, folder, 1, 1, new byte[] {1}))) {
            reader.verify();
            ImageReader image = reader.image();
            assertThat(image.next()).containsExactly(1);
            assertThat(image.next()).isNull();
            assertThat(image.next()).isNull();
        }
    }

    /** Sizes around those of the buffers, which the blocks of an image may straddle in any way. */
    @Test
    void blocksOfEverySizeComeBack() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] sizes = {
            1,
            MAX_BLOCK,
            1,
            MAX_BLOCK - 1,
            MAX_BLOCK,
            65_472,
            65_473,
            7,
            65_536,
            131_072,
            500_000,
            500_000,
            48_000,
            448,
            1
        };
        byte[][] blocks = Arrays.stream(sizes)
                .mapToObj(size -> {
                    byte[] block = new byte[size];
                    random.nextBytes(block);
                    return block;
                })
                .toArray(byte[][]::new);

        Checkpoint written = write(disk, folder, 9, 1, blocks);

        assertThat(image(disk, written)).as("seed %d", seed).containsExactly(blocks);
    }

    @Test
    void smallBlocksGoOutInLargeWrites() throws IOException {
        byte[][] blocks = IntStream.range(0, 4096).mapToObj(i -> new byte[1024]).toArray(byte[][]::new);
        write(disk, folder, 9, 1, blocks);

        assertThat(disk.changes().stream().filter(change -> change.startsWith("write")))
                .hasSize(5);
    }

    @Test
    void moreSkipsThanABlockHoldsComeBack() throws IOException {
        Skips skips = new Skips(LongStream.rangeClosed(1, 20_000)
                .mapToObj(event -> new Skip(2 * event, 2 * event, NOON, "größer, so that a cut hits a character"))
                .toList());
        Checkpoint written;
        try (CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, 50_000, 1, skips, NOON)) {
            writer.write(new byte[] {1}, 1);
            written = writer.finish();
        }

        assertThat(written.sizeBytes()).isGreaterThan(MAX_BLOCK);
        try (CheckpointReader reader = CheckpointReader.open(disk, written)) {
            reader.verify();
            assertThat(reader.skips()).isEqualTo(skips);
            assertThat(blocks(reader.image())).containsExactly(new byte[] {1});
        }
    }

    @Test
    void theBlockIsTheCallersAfterTheCall() throws IOException {
        byte[] block = {1, 2, 3};
        Checkpoint written;
        try (CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, 9, 1, Skips.NONE, NOON)) {
            writer.write(block, 3);
            Arrays.fill(block, (byte) 9);
            writer.write(block, 2);
            written = writer.finish();
        }

        assertThat(image(disk, written)).containsExactly(new byte[] {1, 2, 3}, new byte[] {9, 9});
    }

    @Test
    void aBlockOutOfBoundsMakesTheImageVoid() throws IOException {
        for (int length : new int[] {0, MAX_BLOCK + 1}) {
            try (CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, 9, 1, Skips.NONE, NOON)) {
                writer.write(new byte[MAX_BLOCK + 1], length);

                assertThat(writer.failure()).isPresent();
                assertThatThrownBy(writer::finish)
                        .isInstanceOf(IOException.class)
                        .hasMessageEndingWith("ckpt.tmp: block 1: expected 1..1048576 bytes, found " + length
                                + "; the part must cut its image into smaller blocks");
            }
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theNewestComesFirst() throws IOException {
        List<Checkpoint> written = List.of(
                write(disk, folder, 70, 100_000_000),
                write(disk, folder, 80, 99_999_999),
                write(disk, folder, 90, 2),
                write(disk, folder, 100, 1));
        assertThat(Checkpoint.list(disk, folder, LOG)).isEqualTo(written);
        assertThat(Checkpoint.nextNumber(disk, folder)).isEqualTo(100_000_001);
    }

    @Test
    void otherFilesAreNoCheckpoints() throws IOException {
        for (String name : List.of(
                "checkpoint-00000000000000000001-00000005.ckpt.tmp",
                "checkpoint-00000000000000000001-00000007.ckpt.rotten",
                "checkpoint-99999999999999999999-00000009.ckpt",
                "checkpoint-00000000000000000001-000000010.ckpt",
                "checkpoint-1-11.ckpt",
                "checkpoint-00000000000000000001-00000012.ckpt.old",
                "skips")) {
            Files.createFile(folder.resolve(name));
        }
        assertThat(Checkpoint.list(disk, folder, LOG)).isEmpty();
        assertThat(Checkpoint.nextNumber(disk, folder)).isEqualTo(8);
    }

    @Test
    void theFirstNumberIsOne() throws IOException {
        assertThat(Checkpoint.nextNumber(disk, folder)).isEqualTo(1);
    }

    @Test
    void whatWasLeftUnfinishedIsCleanedUp() throws IOException {
        Checkpoint finished = write(disk, folder, 9, 1);
        Files.createFile(folder.resolve("checkpoint-00000000000000000010-00000002.ckpt.tmp"));
        Files.createFile(folder.resolve("checkpoint-00000000000000000010-00000003.ckpt.rotten"));
        Files.createFile(folder.resolve("other.tmp"));
        disk.changes().clear();

        Checkpoint.cleanUp(disk, folder);
        Checkpoint.cleanUp(disk, folder);

        assertThat(disk.changes())
                .containsExactly("delete checkpoint-00000000000000000010-00000002.ckpt.tmp", "syncDirectory");
        assertThat(finished.path()).exists();
    }

    @Test
    void whatIsNotFinishedIsThrownAway() throws IOException {
        CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, 9, 1, Skips.NONE, NOON);
        writer.write(new byte[MAX_BLOCK], MAX_BLOCK);
        writer.close();
        writer.close();
        writer.write(new byte[1], 1);

        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCheckpointIsNeverReplaced() throws IOException {
        write(disk, folder, 9, 1);

        assertThatThrownBy(() -> write(disk, folder, 9, 1)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void numberAndPositionHaveBounds() {
        assertThatThrownBy(() -> write(disk, folder, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write(disk, folder, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "checkpoint 0 of log 2:7 at position 1: the number must be 1 or more, the position 0 or more");
    }

    @Test
    void nothingIsGivenOutUnverified() throws IOException {
        try (CheckpointReader reader = CheckpointReader.open(disk, write(disk, folder, 9, 1))) {
            assertThatThrownBy(reader::image).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(reader::skips).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(reader::createdAt).isInstanceOf(IllegalStateException.class);
        }
    }
}
