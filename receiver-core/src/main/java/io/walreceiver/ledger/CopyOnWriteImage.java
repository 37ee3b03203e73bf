package io.walreceiver.ledger;

import java.util.BitSet;

/**
 * The image of a part as of the moment it was begun. Pages are handed out in order; the part has a page handed out early before
 * it changes an entry in it. Entries added since are not in the image.
 */
final class CopyOnWriteImage implements PartImage {

    /** What {@link #writeSome} hands out at least, unless nothing is left. */
    private static final int SOME_BYTES = 256 << 10;

    private final int count;
    private final ImageEncoder encoder;
    private final ImageWriter out;
    private final Runnable ended;

    private final int pages;
    private final BitSet written;
    private int left;
    private int next;
    private boolean begun;
    private boolean closed;

    /**
     * An image that begins now.
     *
     * @param ended called once, when the part need not call {@link #beforeChange} any more
     */
    CopyOnWriteImage(Entries entries, Slab slab, ImageWriter out, Runnable ended) {
        this.count = entries.size();
        this.encoder = new ImageEncoder(entries, slab, count);
        this.out = out;
        this.ended = ended;
        this.pages = ImageFormat.pages(count);
        this.written = new BitSet(pages);
        this.left = pages;
    }

    /** Called before an entry is changed. */
    void beforeChange(int id) {
        if (id < count && !written.get(id >>> ImageFormat.PAGE_BITS)) {
            writePage(id >>> ImageFormat.PAGE_BITS);
        }
    }

    @Override
    public boolean writeSome() {
        if (whole()) {
            return true;
        }
        if (closed) {
            throw new IllegalStateException("the image was closed with " + left + " of " + pages + " pages unwritten");
        }
        int bytes = begun ? 0 : writeHeader();
        while (left > 0 && bytes < SOME_BYTES) {
            next = written.nextClearBit(next);
            bytes += writePage(next);
        }
        return whole();
    }

    private boolean whole() {
        return begun && left == 0;
    }

    private int writePage(int page) {
        if (!begun) {
            writeHeader();
        }
        int length = encoder.page(page);
        out.write(encoder.block(), length);
        written.set(page);
        left--;
        endIfWhole();
        return length;
    }

    private int writeHeader() {
        int length = encoder.header();
        out.write(encoder.block(), length);
        begun = true;
        endIfWhole();
        return length;
    }

    private void endIfWhole() {
        if (left == 0) {
            ended.run();
        }
    }

    @Override
    public void close() {
        if (!closed && !whole()) {
            ended.run();
        }
        closed = true;
    }
}
