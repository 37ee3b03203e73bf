package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntriesTest {

    private final Entries entries = new Entries();

    /** Whoever still reads there would trust windows that have long been another pair's. */
    @Test
    void entriesOfAChunkLeftBehindReadAsBeingWritten() {
        entries.add(7, 1, 2.5, 3, 0);
        long[] small = entries.chunk(0);
        assertThat(Entries.beginRead(small, 0)).isPositive();
        addUntilMoved(small);

        assertThat(Entries.beginRead(small, 0)).isNegative();
        assertThat(Entries.beginRead(entries.chunk(0), 0)).isPositive();
        assertThat(entries.is(0, 7, 1)).isTrue();
        assertThat(Entries.peek(entries.chunk(0), 0, Entries.SCORE)).isEqualTo(Double.doubleToRawLongBits(2.5));
    }

    private void addUntilMoved(long[] chunk) {
        for (long entity = 0; entries.chunk(0) == chunk; entity++) {
            entries.add(entity, 0, 1, 0, 0);
        }
    }

    @Test
    void aWriteBetweenBeginAndEndOfAReadShows() {
        entries.add(7, 1, 2.5, 3, 0);
        long[] chunk = entries.chunk(0);
        long meta = Entries.beginRead(chunk, 0);
        assertThat(Entries.unchanged(chunk, 0, meta)).isTrue();
        Entries.beginWrite(chunk, 0, meta);
        assertThat(Entries.unchanged(chunk, 0, meta)).isFalse();
        Entries.endWrite(chunk, 0, Entries.counted(meta, 1, 2, 1));

        assertThat(Entries.unchanged(chunk, 0, meta)).isFalse();
        long after = Entries.beginRead(chunk, 0);
        assertThat(Entries.allTime(after)).isEqualTo(2);
        assertThat(Entries.form(after)).isEqualTo(2);
        assertThat(Entries.signal(after)).isEqualTo(1);
    }

    @Test
    void everySignalTypeFitsTheMetaWord() {
        for (int type = 0; type < 256; type++) {
            int id = entries.add(1, type, 0, 0, 0);
            assertThat(entries.is(id, 1, type)).isTrue();
            assertThat(Entries.beginRead(entries.chunk(id), Entries.at(id))).isPositive();
        }
    }
}
