package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexGrowthTest {

    private static final int PAIRS = 200_000;
    /** From here on a table is made in parts. */
    private static final int LARGE = 32_768 / 8 * 5;

    private final Entries entries = new Entries();
    private final IndexGrowth growth = new IndexGrowth(entries);
    private PairIndex index = new PairIndex();

    /** Every event a new pair: the fastest that a table can fill up. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void thereIsAlwaysRoomAndNoPairIsLost(int together) {
        int tables = 0;
        int building = 0;
        while (entries.size() < PAIRS) {
            long before = growth.allocatedBytes();
            PairIndex next = growth.makeRoom(index, together);
            assertThat(next.hasRoomFor((long) entries.size() + together)).isTrue();
            building += growth.allocatedBytes() > 0 ? 1 : 0;
            if (next != index && entries.size() >= LARGE) {
                tables++;
                assertThat(before).as("the next table was being made").isPositive();
                assertThat(growth.allocatedBytes()).isZero();
                assertAllFound(next);
            }
            index = next;
            for (int i = 0; i < together; i++) {
                add();
            }
        }
        assertAllFound(index);
        assertThat(tables).isEqualTo(4); // 32 Ki slots, then 64 Ki, 128 Ki, 256 Ki became twice as many
        assertThat(building).as("times that only a part of the work was done").isGreaterThan(PAIRS / 16 / together);
    }

    @Test
    void aTileMovesNoMoreThanItsShare() {
        int together = 64;
        while (entries.size() + together <= LARGE) {
            index = growth.makeRoom(index, together);
            add();
        }
        assertThat(growth.allocatedBytes()).isZero();
        PairIndex before = index;
        int tiles = 0;
        while (index == before && tiles < LARGE) {
            index = growth.makeRoom(index, together);
            tiles++;
        }
        assertThat(tiles).isBetween(LARGE / (8 * together), LARGE / (4 * together));
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, LARGE, 3 * LARGE})
    void roomForThePairsThatAreExpectedIsMadeWhileThereAreFew(int pairs) {
        while (entries.size() < pairs) {
            index = growth.makeRoom(index, 1);
            add();
        }
        growth.expect(PAIRS);
        for (int events = 0; events < pairs; events++) {
            index = growth.makeRoom(index, 1);
        }
        assertThat(index.hasRoomFor(pairs + PAIRS)).isTrue();
        assertThat(growth.allocatedBytes()).isZero();
        assertAllFound(index);
        PairIndex enough = index;
        growth.expect(0);
        while (entries.size() < PAIRS) {
            index = growth.makeRoom(index, 1);
            add();
        }
        assertThat(index).isSameAs(enough);
        assertAllFound(index);
    }

    /** A table that was begun for pairs that did not come is done with, and not kept half made. */
    @Test
    void whatWasBegunIsFinished() {
        while (entries.size() < LARGE - 1) {
            index = growth.makeRoom(index, 1);
            add();
        }
        growth.expect(LARGE);
        index = growth.makeRoom(index, 1);
        growth.expect(0);
        assertThat(growth.allocatedBytes()).isPositive();
        for (int events = 0; events < LARGE; events++) {
            index = growth.makeRoom(index, 1);
        }
        assertThat(growth.allocatedBytes()).isZero();
        assertThat(index.hasRoomFor(2 * LARGE)).isTrue();
        assertAllFound(index);
    }

    private void add() {
        long entity = entries.size() * 7L;
        int hash = PairIndex.hash(entity, 3);
        index.insert(hash, entries.add(entity, 3, 1, 1, 0));
    }

    private void assertAllFound(PairIndex table) {
        for (int id = 0; id < entries.size(); id++) {
            long entity = id * 7L;
            assertThat(table.find(entries, PairIndex.hash(entity, 3), entity, 3))
                    .isEqualTo(id);
        }
        assertThat(table.find(entries, PairIndex.hash(1, 3), 1, 3)).isNegative();
    }
}
