package io.walreceiver.ledger;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** Writes the blocks of {@link ImageFormat}, from the arrays of a part that nobody else writes meanwhile. */
final class ImageEncoder {

    private final Entries entries;
    private final Slab slab;
    private final int count;

    /** One block, and the views through which whole pages are copied into it. */
    private ByteBuffer block;

    private LongBuffer words;
    private IntBuffer ints;

    /**
     * An encoder.
     *
     * @param count how many entries the image has
     */
    ImageEncoder(Entries entries, Slab slab, int count) {
        this.entries = entries;
        this.slab = slab;
        this.count = count;
        this.block = allocate(ImageFormat.HEADER_BYTES);
        this.words = block.asLongBuffer();
        this.ints = block.asIntBuffer();
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The block encoded last. */
    byte[] block() {
        return block.array();
    }

    /** Encodes the header; returns its length. */
    int header() {
        block.putInt(0, ImageFormat.FORMAT);
        block.putInt(Integer.BYTES, count);
        return ImageFormat.HEADER_BYTES;
    }

    /** Encodes a page; returns its length. */
    int page(int page) {
        int first = page << ImageFormat.PAGE_BITS;
        int inPage = ImageFormat.entriesIn(page, count);
        long[] chunk = entries.chunk(first);
        int start = Entries.at(first);
        int end = start + inPage * Entries.WORDS;
        int intsInUse = intsInUse(chunk, start, end);
        int length = Math.toIntExact(ImageFormat.blockBytes(inPage, intsInUse));
        makeRoom(length);
        block.putInt(0, page);
        block.putInt(Integer.BYTES, intsInUse);
        words.put(ImageFormat.firstWord(), chunk, start, end - start);
        putWindows(chunk, start, end, ImageFormat.firstInt(inPage));
        return length;
    }

    private static int intsInUse(long[] chunk, int start, int end) {
        int sum = 0;
        for (int at = start; at < end; at += Entries.WORDS) {
            sum += Windows.intsInUse(Entries.form(chunk[at + Entries.META]), chunk[at + Entries.WINDOW]);
        }
        return sum;
    }

    /** Puts what the slab holds of each entry in place of its offset. */
    private void putWindows(long[] chunk, int start, int end, int firstInt) {
        int next = firstInt;
        for (int at = start; at < end; at += Entries.WORDS) {
            int form = Entries.form(chunk[at + Entries.META]);
            if (form >= Windows.RUN) {
                long window = chunk[at + Entries.WINDOW];
                int length = Windows.intsInUse(form, window);
                ints.put(next, slab.chunk(Windows.offset(window)), Slab.at(Windows.offset(window)), length);
                next += length;
                words.put(
                        ImageFormat.firstWord() + at - start + Entries.WINDOW, Windows.run(0, Windows.length(window)));
            }
        }
    }

    private void makeRoom(int length) {
        if (length > block.capacity()) {
            block = allocate(Integer.highestOneBit(length - 1) << 1);
            words = block.asLongBuffer();
            ints = block.asIntBuffer();
        }
    }
}
