package io.walreceiver.transport.directory;

import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Steps through the batches of a segment file by their headers, and reads little else: a file may be large. */
final class BatchWalk implements Closeable {

    private static final int HEADER_BYTES = 64;
    private static final int WINDOW_BYTES = 8192;

    private final FileChannel file;
    private final long size;
    private final byte[] window = new byte[WINDOW_BYTES];
    private long windowStart;
    private int windowBytes;

    private long offset;
    private long firstSeq;
    private int events;

    private BatchWalk(FileChannel file, long firstSeq) throws IOException {
        this.file = file;
        this.size = file.size();
        this.firstSeq = firstSeq;
    }

    /** Opens a file, before its first batch, which is to begin with this event. */
    static BatchWalk open(Path path, long firstSeq) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new BatchWalk(file, firstSeq);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Goes on to the next batch. False at the end, and before what is not a whole batch: see {@link #atEnd}. */
    boolean next() throws IOException {
        offset += batchBytes();
        firstSeq += events;
        events = 0;
        int at = header();
        int found = at < 0 ? 0 : SegmentDecoder.headerEvents(window, at);
        if (found == 0 || HEADER_BYTES + (long) found * EventBatch.EVENT_BYTES > size - offset) {
            return false;
        }
        events = found;
        return true;
    }

    /** After the last batch: whether there is nothing behind it. */
    boolean atEnd() {
        return offset >= size;
    }

    /** Where the batch starts; after the last one, where that ends. */
    long offset() {
        return offset;
    }

    /** The batch's first event, as it follows from those before; after the last batch, the event after it. */
    long firstSeq() {
        return firstSeq;
    }

    long lastSeq() {
        return firstSeq + events - 1;
    }

    /** The batch as a segment, which nobody has checked. */
    WalSegmentPayload read(LogId log) throws IOException {
        byte[] bytes = new byte[batchBytes()];
        int read = read(offset, bytes);
        if (read < bytes.length) {
            throw new IOException("the file ends at byte " + (offset + read) + ", expected byte " + size);
        }
        return new WalSegmentPayload(new WalSegmentId(log, firstSeq), bytes, events);
    }

    private int batchBytes() {
        return events == 0 ? 0 : HEADER_BYTES + events * EventBatch.EVENT_BYTES;
    }

    /** Brings the next header into the window, and gives its place there; less than 0 if the file ends before. */
    private int header() throws IOException {
        if (offset + HEADER_BYTES > size) {
            return -1;
        }
        if (offset < windowStart || offset + HEADER_BYTES > windowStart + windowBytes) {
            windowStart = offset;
            windowBytes = read(offset, window);
        }
        return offset + HEADER_BYTES <= windowStart + windowBytes ? (int) (offset - windowStart) : -1;
    }

    private int read(long at, byte[] into) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.position();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
