package io.walreceiver.storage.checkpoint;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.records.Skips;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A log, and checkpoints of it. */
final class CheckpointFixture {

    static final LogId LOG = new LogId(2, 7);
    static final Instant NOON = Instant.parse("2025-03-01T12:00:00.5Z");
    static final Skips SKIPS = new Skips(List.of(new Skip(3, 4, NOON, "lost\nfor ever")));

    private CheckpointFixture() {}

    static Checkpoint write(Disk disk, Path folder, long position, long number, byte[]... blocks) throws IOException {
        try (CheckpointWriter writer = CheckpointWriter.begin(disk, folder, LOG, position, number, SKIPS, NOON)) {
            for (byte[] block : blocks) {
                writer.write(block, block.length);
            }
            return writer.finish();
        }
    }

    static void verify(Disk disk, Checkpoint checkpoint) throws IOException {
        try (CheckpointReader reader = CheckpointReader.open(disk, checkpoint)) {
            reader.verify();
        }
    }

    static List<byte[]> image(Disk disk, Checkpoint checkpoint) throws IOException {
        try (CheckpointReader reader = CheckpointReader.open(disk, checkpoint)) {
            reader.verify();
            return blocks(reader.image());
        }
    }

    static List<byte[]> blocks(ImageReader image) throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        for (byte[] block = image.next(); block != null; block = image.next()) {
            blocks.add(block);
        }
        return blocks;
    }
}
