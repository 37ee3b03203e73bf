package io.walreceiver.ledger;

import io.walreceiver.schema.SignalSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of {@link ImageFormat} into the arrays of an empty part, where no reader looks before they are published.
 *
 * <p>Nothing is believed: whatever comes is refused with an {@link IOException}, or makes a part that works. Memory is taken for what
 * has come, not for what the header promises.
 */
final class ImageDecoder {

    private final Entries entries;
    private final Slab slab;
    private final EntryCheck check;

    private int count;
    private final BitSet read = new BitSet();
    private long newestNanos;

    /** A decoder into the arrays of an empty part. */
    ImageDecoder(Entries entries, Slab slab, SignalSchema schema) {
        this.entries = entries;
        this.slab = slab;
        this.check = new EntryCheck(schema);
    }

    /** Number of entries read. */
    int count() {
        return count;
    }

    /** Newest event time of all entries; 0 for none. */
    long newestNanos() {
        return newestNanos;
    }

    /** Reads all blocks; returns the index of what they hold. */
    PairIndex decode(ImageReader in) throws IOException {
        readHeader(in.next());
        int pages = ImageFormat.pages(count);
        for (byte[] block = in.next(); block != null; block = in.next()) {
            readPage(block, pages);
        }
        if (read.cardinality() != pages) {
            throw new IOException("the image lacks page " + read.nextClearBit(0) + ": expected " + pages
                    + " pages, found " + read.cardinality());
        }
        return index();
    }

    private void readHeader(byte @Nullable [] block) throws IOException {
        if (block == null) {
            throw new IOException("the image is empty: expected a header");
        }
        if (block.length != ImageFormat.HEADER_BYTES) {
            throw new IOException("the image starts with a block of " + block.length + " bytes: expected a header of "
                    + ImageFormat.HEADER_BYTES);
        }
        ByteBuffer header = littleEndian(block);
        int format = header.getInt();
        if (format != ImageFormat.FORMAT) {
            throw new IOException("the image has format " + format + ": expected " + ImageFormat.FORMAT
                    + "; a newer one is for a newer receiver");
        }
        count = header.getInt();
        if (count < 0 || count > PairIndex.MAX_PAIRS) {
            throw new IOException("the image has " + Integer.toUnsignedString(count) + " entries: expected 0.."
                    + PairIndex.MAX_PAIRS);
        }
    }

    private static ByteBuffer littleEndian(byte[] block) {
        return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void readPage(byte[] block, int pages) throws IOException {
        if (block.length < ImageFormat.PAGE_HEADER_BYTES) {
            throw new IOException("the image has a block of " + block.length + " bytes: expected a page of "
                    + ImageFormat.PAGE_HEADER_BYTES + " or more");
        }
        ByteBuffer bytes = littleEndian(block);
        int page = bytes.getInt();
        int ints = bytes.getInt();
        if (page < 0 || page >= pages) {
            throw new IOException(
                    "the image has a page " + Integer.toUnsignedString(page) + ": expected pages below " + pages);
        }
        if (read.get(page)) {
            throw new IOException("the image has page " + page + " twice");
        }
        long length = ImageFormat.blockBytes(ImageFormat.entriesIn(page, count), ints);
        if (ints < 0 || block.length != length) {
            throw new IOException("page " + page + " with " + Integer.toUnsignedString(ints) + " ints has "
                    + block.length + " bytes" + (ints < 0 ? "" : ": expected " + length));
        }
        readEntries(littleEndian(block), page, ints);
        read.set(page);
    }

    private void readEntries(ByteBuffer block, int page, int ints) throws IOException {
        int first = page << ImageFormat.PAGE_BITS;
        int inPage = ImageFormat.entriesIn(page, count);
        long[] chunk = entries.chunkToRestore(first, count);
        int start = Entries.at(first);
        block.asLongBuffer().get(ImageFormat.firstWord(), chunk, start, inPage * Entries.WORDS);
        IntBuffer windows = block.asIntBuffer().position(ImageFormat.firstInt(inPage));
        for (int i = 0; i < inPage; i++) {
            readEntry(chunk, start + i * Entries.WORDS, first + i, windows);
        }
        if (windows.hasRemaining()) {
            throw new IOException("page " + page + " has " + ints + " ints: " + windows.remaining()
                    + " more than its entries' windows have");
        }
    }

    private void readEntry(long[] chunk, int at, int id, IntBuffer windows) throws IOException {
        check.entry(chunk, at, id);
        newestNanos = Math.max(newestNanos, chunk[at + Entries.LAST]);
        int form = Entries.form(chunk[at + Entries.META]);
        if (form >= Windows.RUN) {
            int length = Windows.intsInUse(form, chunk[at + Entries.WINDOW]);
            if (length > windows.remaining()) {
                throw new IOException("entry " + id + " of the image has a window of " + length + " ints: "
                        + windows.remaining() + " are left in its page");
            }
            int offset = slab.allocate(form - Windows.RUN);
            windows.get(slab.chunk(offset), Slab.at(offset), length);
            check.block(chunk, at, id, slab.chunk(offset), Slab.at(offset));
            chunk[at + Entries.WINDOW] = Windows.run(offset, Windows.length(chunk[at + Entries.WINDOW]));
        }
    }

    private PairIndex index() throws IOException {
        PairIndex index = PairIndex.withRoomFor(count);
        for (int id = 0; id < count; id++) {
            long[] chunk = entries.chunk(id);
            long entityId = chunk[Entries.at(id) + Entries.ENTITY];
            int signalType = Entries.signal(chunk[Entries.at(id) + Entries.META]);
            int hash = PairIndex.hash(entityId, signalType);
            int same = index.find(entries, hash, entityId, signalType);
            if (same >= 0) {
                throw new IOException("the image has a pair twice: entity " + Long.toUnsignedString(entityId)
                        + ", signal type " + signalType + " in entries " + same + " and " + id);
            }
            index.insert(hash, id);
        }
        return index;
    }
}
