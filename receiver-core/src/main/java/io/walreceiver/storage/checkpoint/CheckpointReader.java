package io.walreceiver.storage.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walreceiver.ledger.ImageReader;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Skips;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint: first {@link #verify}, then what is in it. Holds about a MiB of it at a time. All methods that throw an {@link
 * IOException} block. For use by one thread at a time.
 */
public final class CheckpointReader implements Closeable {

    private final Checkpoint checkpoint;
    private final DiskFile file;
    private @Nullable CheckpointHead head;

    private CheckpointReader(Checkpoint checkpoint, DiskFile file) {
        this.checkpoint = checkpoint;
        this.file = file;
    }

    /** Opens a checkpoint without reading any of it. */
    public static CheckpointReader open(Disk disk, Checkpoint checkpoint) throws IOException {
        return new CheckpointReader(checkpoint, disk.openForReading(checkpoint.path()));
    }

    /**
     * Reads the whole file and checks every bit of it, and that it is the checkpoint that its name says.
     *
     * @throws DamagedFileException if it is not what was written; it says which block, and where
     */
    public void verify() throws IOException {
        BlockReader blocks = new BlockReader(file, checkpoint);
        Chain chain = new Chain();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (blocks.next() != Block.TAIL) {
            blocks.addTo(chain);
            if (blocks.kind() == Block.HEAD) {
                text.writeBytes(blocks.payload());
            }
        }
        blocks.checkTail(chain);
        head = CheckpointHead.parse(checkpoint, text.toString(UTF_8));
    }

    /**
     * The image, block by block as the part wrote it, from its start at each call. Every block is checked again as it is read.
     *
     * @throws IllegalStateException if the checkpoint was not verified
     */
    public ImageReader image() throws IOException {
        verified();
        BlockReader blocks = new BlockReader(file, checkpoint);
        return () -> {
            int kind = blocks.next();
            while (kind == Block.HEAD) {
                kind = blocks.next();
            }
            return kind == Block.TAIL ? null : blocks.payload();
        };
    }

    /**
     * Every hole that was allowed in the log when the checkpoint was taken.
     *
     * @throws IllegalStateException if the checkpoint was not verified
     */
    public Skips skips() {
        return verified().skips();
    }

    /**
     * When the checkpoint was begun.
     *
     * @throws IllegalStateException if the checkpoint was not verified
     */
    public Instant createdAt() {
        return verified().createdAt();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private CheckpointHead verified() {
        if (head == null) {
            throw new IllegalStateException(checkpoint.path() + " was not verified; call verify() first");
        }
        return head;
    }
}
