package io.walreceiver.ledger;

import io.walreceiver.schema.SignalSchema;
import java.io.IOException;

/** Tells whether an entry of an image is one that a part could hold: what the code that reads and applies relies on. */
final class EntryCheck {

    /** Counting on from there, all_time still never reaches its neighbour in the meta word. */
    private static final long MAX_ALL_TIME = 1L << 47;

    private final SignalSchema schema;

    /** A check of entries under a schema. */
    EntryCheck(SignalSchema schema) {
        this.schema = schema;
    }

    /** Checks the words of an entry, whose slab offset is still zero. */
    void entry(long[] chunk, int at, int id) throws IOException {
        long meta = chunk[at + Entries.META];
        int signalType = Entries.signal(meta);
        require(meta >= 0, id, "is marked as being written");
        if (!schema.knows(signalType)) {
            throw refused(
                    id,
                    "has signal type " + signalType
                            + ", which is not in the schema: read the image under the schema that it was written with");
        }
        int form = Entries.form(meta);
        if (form > Windows.DENSE) {
            throw refused(id, "has window form " + form + ": expected 0.." + Windows.DENSE);
        }
        long allTime = Entries.allTime(meta);
        if (allTime < 1 || allTime > MAX_ALL_TIME) {
            throw refused(id, "counts " + allTime + " events: expected 1.." + MAX_ALL_TIME);
        }
        double score = Double.longBitsToDouble(chunk[at + Entries.SCORE]);
        if (!Double.isFinite(score)) {
            throw refused(id, "has score " + score + ": expected a finite number");
        }
        long last = chunk[at + Entries.LAST];
        if (last < 0) {
            throw refused(id, "has event time " + Long.toUnsignedString(last) + " ns: expected less than 2^63");
        }
        window(chunk, at, id, form);
    }

    private static void window(long[] chunk, int at, int id, int form) throws IOException {
        long word4 = chunk[at + Entries.WINDOW];
        long word5 = chunk[at + Entries.WINDOW + 1];
        int newest = EventTime.minute(chunk[at + Entries.LAST]);
        if (form <= Windows.INLINE) {
            require(Windows.unusedTicks(word4, word5, form) == 0, id, "has more ticks than its form " + form + " says");
            for (int i = 0; i < form; i++) {
                tick(Windows.inlineTick(i < 4 ? word4 : word5, i), newest, id);
            }
        } else if (form < Windows.DENSE) {
            int most = Slab.blockInts(form - Windows.RUN) - 1;
            if (word4 < 0 || word4 > most) {
                throw refused(id, "has a run of " + Long.toUnsignedString(word4) + " ints: expected 0.." + most);
            }
            require(word5 >>> Integer.SIZE == 0, id, "has a current tick of more than 32 bits");
            tick(Windows.tick((int) word5), newest, id);
        } else {
            require((word4 | word5) == 0, id, "has a dense window and something beside it");
        }
    }

    /** Checks the block of a run or of a dense window, given the words of its entry. */
    void block(long[] chunk, int at, int id, int[] block, int start) throws IOException {
        int newest = EventTime.minute(chunk[at + Entries.LAST]);
        if (Entries.form(chunk[at + Entries.META]) == Windows.DENSE) {
            int standsAt = DenseWindow.newest(block, start);
            if (standsAt != newest) {
                throw refused(id, "has a dense window at minute " + standsAt + ": expected its newest, " + newest);
            }
            return;
        }
        for (int i = start, end = start + Windows.length(chunk[at + Entries.WINDOW]); i < end; i++) {
            tick(Windows.tick(block[i]), newest, id);
        }
    }

    private static void tick(int tick, int newest, int id) throws IOException {
        require(EventTime.minute(newest, tick) >= 0, id, "has a tick before the epoch");
    }

    private static void require(boolean holds, int id, String otherwise) throws IOException {
        if (!holds) {
            throw refused(id, otherwise);
        }
    }

    private static IOException refused(int id, String why) {
        return new IOException("entry " + id + " of the image " + why);
    }
}
