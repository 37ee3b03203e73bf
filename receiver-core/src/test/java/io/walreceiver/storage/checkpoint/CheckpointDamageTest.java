package io.walreceiver.storage.checkpoint;

import static io.walreceiver.storage.checkpoint.CheckpointFixture.LOG;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.blocks;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.verify;
import static io.walreceiver.storage.checkpoint.CheckpointFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.storage.records.Damage;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.PlainDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDamageTest {

    private static final String NEXT_STEP =
            "; set this checkpoint aside: the one before it, and the log after that, give the same state";

    @TempDir
    private Path folder;

    private final PlainDisk disk = new PlainDisk();
    private Checkpoint checkpoint;

    /** Head, three image blocks, tail. */
    @BeforeEach
    void writeOne() throws IOException {
        checkpoint = write(disk, folder, 1500, 3, new byte[] {1, 2, 3}, new byte[] {4, 5}, new byte[] {6});
    }

    @Test
    void everyDamageIsFound() throws IOException {
        Damage.everyKindIsFound(checkpoint.path(), () -> verify(disk, checkpoint));
    }

    @Test
    void damageIsToldInFull() throws IOException {
        List<byte[]> file = cut();
        int offset = file.get(0).length + file.get(1).length;
        file.get(2)[64] ^= 1;
        put(file);

        assertThatThrownBy(() -> verify(disk, checkpoint))
                .isInstanceOfSatisfying(
                        DamagedFileException.class, e -> assertThat(e.file()).isEqualTo(checkpoint.path()))
                .hasMessageMatching("\\Q" + checkpoint.path() + ": block 2 at offset " + offset
                        + ": checksum: expected \\E[0-9a-f]{64}, found [0-9a-f]{64}\\Q" + NEXT_STEP + "\\E");
    }

    @Test
    void aMissingBlockIsFound() throws IOException {
        List<byte[]> file = cut();
        int offset = file.get(0).length;
        file.remove(1);
        put(file);

        assertDamage("block 1 at offset " + offset + ": number: expected 1, found 2");
    }

    @Test
    void swappedBlocksAreFound() throws IOException {
        List<byte[]> file = cut();
        Collections.swap(file, 1, 2);
        put(file);

        assertDamage(": number: expected 1, found 2");
    }

    @Test
    void aDoubledBlockIsFound() throws IOException {
        List<byte[]> file = cut();
        file.add(2, file.get(1));
        put(file);

        assertDamage(": number: expected 2, found 1");
    }

    /** Of the same log, position, number and place: it fits in every way but one. */
    @Test
    void aBlockOfAnotherCheckpointIsFound() throws IOException {
        List<byte[]> file = cut();
        Files.delete(checkpoint.path());
        write(disk, folder, 1500, 3, new byte[] {1, 2, 3}, new byte[] {9, 9}, new byte[] {6});
        file.set(2, cut().get(2));
        put(file);

        assertDamage("block 4 at offset ");
        assertDamage(": tail: expected ");
    }

    @Test
    void aMissingTailIsFound() throws IOException {
        List<byte[]> file = cut();
        file.remove(4);
        put(file);

        assertDamage("block 4 at offset " + Files.size(checkpoint.path())
                + ": header, cut short: expected 64 bytes from there, found 0");
    }

    @Test
    void whatFollowsTheTailIsFound() throws IOException {
        List<byte[]> file = cut();
        file.add(file.get(4));
        put(file);

        assertDamage(": bytes after it: expected 0, found ");
    }

    @Test
    void anEmptyFileIsNoCheckpoint() throws IOException {
        Files.write(checkpoint.path(), new byte[0]);

        assertDamage("block 0 at offset 0: header, cut short: expected 64 bytes from there, found 0");
    }

    @Test
    void imageAndTailWithoutAHeadAreNoCheckpoint() throws IOException {
        byte[] block = new byte[65];
        Block.seal(block, 0, Block.IMAGE, 0, LOG, 1500, 1);
        put(List.of(block));

        assertDamage("block 0 at offset 0: kind: expected 1..1, found 2");
    }

    @Test
    void aHeadBehindTheImageIsFound() throws IOException {
        List<byte[]> file = cut();
        Block.seal(file.get(2), 0, Block.HEAD, 2, LOG, 1500, 2);
        put(file);

        assertDamage("kind: expected 2..3, found 1");
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        byte[] head = cut().get(0);
        ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putShort(4, (short) 2);
        System.arraycopy(Block.checksum(head, 0, head.length - 64), 0, head, 32, 32);
        put(List.of(head));

        assertDamage("block 0 at offset 0: version: expected 1, found 2");
    }

    @Test
    void aFileUnderAnotherNameIsFound() throws IOException {
        foundAs(LOG, 1501, 3, "block 0 at offset 0: position: expected 1501, found 1500");
        foundAs(
                LOG,
                1500,
                4,
                "head, in block 0 at offset 0: expected [walreceiver checkpoint, number 4, created TIME],"
                        + " found [walreceiver checkpoint, number 3, created 2025-03-01T12:00:00.500Z]");
        foundAs(new LogId(7, 2), 1500, 3, "block 0 at offset 0: log: expected 7:2, found 2:7");
    }

    @Test
    void anImageThatRotsAfterItWasVerifiedIsFoundAsItIsRead() throws IOException {
        try (CheckpointReader reader = CheckpointReader.open(disk, checkpoint)) {
            reader.verify();
            ImageReader image = reader.image();
            List<byte[]> file = cut();
            file.get(3)[64] ^= 1;
            put(file);

            assertThatThrownBy(() -> blocks(image))
                    .isInstanceOf(DamagedFileException.class)
                    .hasMessageContaining("block 3 at offset ");
        }
    }

    private void foundAs(LogId log, long position, long number, String message) {
        Checkpoint named = new Checkpoint(log, position, number, checkpoint.path(), checkpoint.sizeBytes());
        assertThatThrownBy(() -> verify(disk, named))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageContaining(message);
    }

    private void assertDamage(String message) {
        assertThatThrownBy(() -> verify(disk, checkpoint))
                .isInstanceOf(DamagedFileException.class)
                .hasMessageStartingWith(checkpoint.path() + ": ")
                .hasMessageContaining(message)
                .hasMessageEndingWith(NEXT_STEP);
    }

    /** The blocks of the file. */
    private List<byte[]> cut() throws IOException {
        ByteBuffer left = ByteBuffer.wrap(Files.readAllBytes(checkpoint.path())).order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> blocks = new ArrayList<>();
        while (left.hasRemaining()) {
            byte[] block = new byte[64 + left.getInt(left.position() + 24)];
            left.get(block);
            blocks.add(block);
        }
        return blocks;
    }

    private void put(List<byte[]> blocks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        blocks.forEach(bytes::writeBytes);
        Files.write(checkpoint.path(), bytes.toByteArray());
    }
}
