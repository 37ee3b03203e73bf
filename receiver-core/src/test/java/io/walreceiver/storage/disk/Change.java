package io.walreceiver.storage.disk;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A write to a file, or a cut of it, that is not simply part of what the medium holds. */
final class Change {

    /** What a medium writes whole or not at all. */
    static final int SECTOR_BYTES = 512;

    enum State {
        /** Since the last sync: the next one makes it durable. */
        PENDING,
        /** A sync of it failed: no later one makes it durable. */
        DOOMED,
        /** Durable, above a doomed one. */
        SYNCED
    }

    enum Fate {
        LOST,
        TORN,
        WHOLE
    }

    private final int at;
    /** Null for a cut at {@link #at}. */
    private final byte @Nullable [] bytes;

    State state = State.PENDING;

    private Change(int at, byte @Nullable [] bytes) {
        this.at = at;
        this.bytes = bytes;
    }

    static Change write(int at, byte[] bytes) {
        return new Change(at, bytes);
    }

    static Change cut(int size) {
        return new Change(size, null);
    }

    void apply(Content medium) {
        if (bytes == null) {
            medium.cutTo(at);
        } else {
            medium.write(at, bytes, 0, bytes.length);
        }
    }

    /** Applies what of it survives a loss of power. */
    void survive(Fate fate, Content medium, Random random) {
        if (state == State.SYNCED || (fate == Fate.WHOLE && state == State.PENDING)) {
            apply(medium);
        } else if (fate != Fate.LOST) {
            tear(medium, random);
        }
    }

    private void tear(Content medium, Random random) {
        if (bytes == null) {
            if (random.nextBoolean()) {
                apply(medium);
            }
            return;
        }
        if (random.nextBoolean()) {
            medium.growTo(at + bytes.length);
        }
        int first = at / SECTOR_BYTES;
        int end = (at + bytes.length - 1) / SECTOR_BYTES + 1;
        int missing = first + random.nextInt(end - first);
        int survivorsOfTwo = random.nextInt(3);
        for (int sector = first; sector < end; sector++) {
            if (sector != missing && random.nextInt(2) < survivorsOfTwo) {
                int from = Math.max(at, sector * SECTOR_BYTES);
                int to = Math.min(at + bytes.length, (sector + 1) * SECTOR_BYTES);
                medium.write(from, bytes, from - at, to - from);
            }
        }
    }
}
