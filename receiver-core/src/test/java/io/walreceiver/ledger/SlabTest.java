package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlabTest {

    private final Slab slab = new Slab();
    private final int[] into = new int[DenseWindow.INTS];

    @Test
    void blocksOfAllClassesDoNotOverlap() {
        Set<Long> taken = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            int blockClass = i % Slab.CLASSES;
            int offset = slab.allocate(blockClass);
            for (int j = 0; j < Slab.blockInts(blockClass); j++) {
                assertThat(taken.add((long) offset + j)).isTrue();
            }
        }
        assertThat(slab.allocatedBytes()).isGreaterThan(taken.size() * 4L);
    }

    @Test
    void freedBlocksAreUsedAgain() {
        int first = slab.allocate(2);
        int second = slab.allocate(2);
        slab.free(2, first);
        slab.free(2, second);

        assertThat(slab.allocate(2)).isEqualTo(second);
        assertThat(slab.allocate(2)).isEqualTo(first);
        assertThat(slab.allocate(2)).isNotIn(first, second);
    }

    @Test
    void blocksThatAreNotThereCannotBeCopied() {
        int offset = slab.allocate(0);

        assertThat(slab.copy(offset, 16, into)).isTrue();
        assertThat(slab.copy(-1, 1, into)).isFalse();
        assertThat(slab.copy(Integer.MIN_VALUE, 1, into)).isFalse();
        assertThat(slab.copy(Integer.MAX_VALUE, 1, into)).isFalse();
        assertThat(slab.copy(2047, 2, into)).isFalse();
        assertThat(slab.copy(2048, 1, into)).isFalse();
        assertThat(slab.copy(offset, into.length + 1, into)).isFalse();
    }
}
