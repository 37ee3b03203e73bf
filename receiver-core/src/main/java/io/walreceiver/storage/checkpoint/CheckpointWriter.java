package io.walreceiver.storage.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.ImageWriter;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.records.Skips;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one checkpoint: an image, then {@link #finish}. Until that returns, the checkpoints that were there are the only ones.
 *
 * <p>Blocks are gathered and written about a MiB at a time, so a call blocks now and then. For use by one thread at a time, each call
 * happening after the one before.
 */
public final class CheckpointWriter implements ImageWriter, Closeable {

    private static final int FIRST_BUFFER_BYTES = 1 << 16;

    private final Disk disk;
    private final DiskFile file;
    private final Path temporary;
    private final Path finished;
    private final LogId log;
    private final long position;
    private final long number;

    private final Chain chain = new Chain();
    private long blocks;
    private long writtenBytes;
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    private int bufferedBytes;
    private @Nullable IOException failure;
    private boolean closed;

    private CheckpointWriter(
            Disk disk, DiskFile file, Path temporary, Path finished, LogId log, long position, long number) {
        this.disk = disk;
        this.file = file;
        this.temporary = temporary;
        this.finished = finished;
        this.log = log;
        this.position = position;
        this.number = number;
    }

    /**
     * Begins a checkpoint.
     *
     * @param folder the log's, which exists
     * @param position the last event that the image will hold, 0 or more; it must be durable before {@link #finish}
     * @param number see {@link Checkpoint#nextNumber}
     * @param skips every hole that was allowed in the log so far
     * @throws FileAlreadyExistsException if a checkpoint of this position and number is there
     */
    public static CheckpointWriter begin(
            Disk disk, Path folder, LogId log, long position, long number, Skips skips, Instant now)
            throws IOException {
        if (position < 0 || number < 1) {
            throw new IllegalArgumentException("checkpoint " + number + " of log " + log + " at position " + position
                    + ": the number must be 1 or more, the position 0 or more");
        }
        Path finished = folder.resolve(new CheckpointName(position, number, CheckpointName.FINISHED).toString());
        Path temporary = folder.resolve(new CheckpointName(position, number, CheckpointName.TEMPORARY).toString());
        if (disk.exists(finished)) {
            throw new FileAlreadyExistsException(finished.toString());
        }
        if (disk.exists(temporary)) {
            disk.delete(temporary); // a crash left it
        }
        CheckpointWriter writer =
                new CheckpointWriter(disk, disk.create(temporary), temporary, finished, log, position, number);
        writer.writeAll(Block.HEAD, new CheckpointHead(now, skips).text(number).getBytes(UTF_8));
        return writer;
    }

    @Override
    public void write(byte[] block, int length) {
        write(Block.IMAGE, block, 0, length);
    }

    /** The first thing that went wrong: the checkpoint is void, and what is written is thrown away. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Ends the image and makes the checkpoint durable. The writer is closed, whether this succeeds or not.
     *
     * @throws IOException the first failure of all; the checkpoint does not count then, though a file may have got its name, whole,
     *     if only the last step failed
     */
    public Checkpoint finish() throws IOException {
        if (closed) {
            throw new IllegalStateException(temporary + " was finished or thrown away before");
        }
        try {
            writeAll(Block.TAIL, Block.tail(blocks, chain.value()));
            if (failure != null) {
                throw failure;
            }
            flush();
            file.sync();
            file.close();
            disk.rename(temporary, finished);
            disk.syncParent(finished);
            return new Checkpoint(log, position, number, finished, writtenBytes);
        } finally {
            close();
        }
    }

    /** Throws away what was not finished. Never throws: a file that cannot be deleted is left to {@link Checkpoint#cleanUp}. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            file.close();
            if (disk.exists(temporary)) {
                disk.delete(temporary);
            }
        } catch (IOException e) {
            latch(e);
        }
    }

    private void writeAll(int kind, byte[] bytes) {
        for (int at = 0; at < bytes.length; at += Block.MAX_PAYLOAD_BYTES) {
            write(kind, bytes, at, Math.min(bytes.length - at, Block.MAX_PAYLOAD_BYTES));
        }
    }

    private void write(int kind, byte[] bytes, int offset, int length) {
        if (failure != null || closed) {
            return;
        }
        if (length < 1 || length > Block.MAX_PAYLOAD_BYTES) {
            latch(new IOException(temporary + ": block " + blocks + ": expected 1.." + Block.MAX_PAYLOAD_BYTES
                    + " bytes, found " + length + "; the part must cut its image into smaller blocks"));
            return;
        }
        try {
            makeRoom(Block.HEADER_BYTES + length);
        } catch (IOException e) {
            latch(e);
            return;
        }
        System.arraycopy(bytes, offset, buffer, bufferedBytes + Block.HEADER_BYTES, length);
        Block.seal(buffer, bufferedBytes, kind, blocks, log, position, length);
        chain.add(buffer, bufferedBytes);
        blocks++;
        bufferedBytes += Block.HEADER_BYTES + length;
    }

    /** Grows the buffer, up to a block of the largest size; then writes it out. */
    private void makeRoom(int bytes) throws IOException {
        int needed = bufferedBytes + bytes;
        if (needed > buffer.length && buffer.length < Block.MAX_BYTES) {
            buffer = Arrays.copyOf(buffer, Math.min(Math.max(needed, 2 * buffer.length), Block.MAX_BYTES));
        }
        if (needed > buffer.length) {
            flush();
        }
    }

    private void flush() throws IOException {
        file.write(writtenBytes, buffer, 0, bufferedBytes);
        writtenBytes += bufferedBytes;
        bufferedBytes = 0;
    }

    private void latch(IOException e) {
        if (failure == null) {
            failure = e;
        }
    }
}
