package io.walreceiver.ledger;

/**
 * The image of a built-in part: a header block, then a block for each page of entries, in any order. All little-endian.
 *
 * <pre>
 *  0         4         8
 *  +---------+---------+
 *  | format  | entries |          header: format is 1, entries 0..{@link PairIndex#MAX_PAIRS}
 *  +---------+---------+
 *
 *  0         4         8
 *  +---------+---------+----------------------+---------------------+
 *  | page    | ints    | entries, 48 bytes    | ints, 4 bytes each  |
 *  +---------+---------+----------------------+---------------------+
 * </pre>
 *
 * Page {@code p} holds the entries 128 p to 128 p + 127, or to the last. An entry is its six words ({@link Entries}), but for the slab
 * offset in word 4, which is zero. Then come the ints in use of each entry's block in the slab, in order of entry: {@code length} of
 * a run, {@link DenseWindow#INTS} of a dense window, none of the others. So what is written of a page depends on its entries alone.
 *
 * <p>A page is small, as a tile may touch as many pages as it has events, and together they are what the log waits for: some 400 KB.
 * Larger pages make that longer, and the whole image no faster. The longest block has 123,400 bytes.
 */
final class ImageFormat {

    static final int FORMAT = 1;
    static final int HEADER_BYTES = 2 * Integer.BYTES;

    static final int PAGE_BITS = 7;
    static final int PAGE_ENTRIES = 1 << PAGE_BITS;
    static final int PAGE_HEADER_BYTES = 2 * Integer.BYTES;

    private ImageFormat() {}

    /** Number of pages. */
    static int pages(int entries) {
        return (entries + PAGE_ENTRIES - 1) >>> PAGE_BITS;
    }

    /** Number of entries in a page of an image of {@code entries}. */
    static int entriesIn(int page, int entries) {
        return Math.min(PAGE_ENTRIES, entries - (page << PAGE_BITS));
    }

    /** Length of a page's block. */
    static long blockBytes(int entries, int ints) {
        return PAGE_HEADER_BYTES + (long) entries * Entries.WORDS * Long.BYTES + (long) ints * Integer.BYTES;
    }

    /** Where the words of a page's entries start, in longs from the block's start. */
    static int firstWord() {
        return PAGE_HEADER_BYTES / Long.BYTES;
    }

    /** Where the ints start, in ints from the block's start. */
    static int firstInt(int entries) {
        return PAGE_HEADER_BYTES / Integer.BYTES + entries * Entries.WORDS * (Long.BYTES / Integer.BYTES);
    }
}
