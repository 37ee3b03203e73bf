package io.walreceiver.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Logs 0 to 3; entity e belongs to log e % 4, as the hint says. Those from 1,000 on are of no known log. */
class OwnersTest {

    private static final int TYPE = 2;
    private static final long NOW = 1_767_960_000_000_000_000L;
    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.exponential(TYPE, "daily", Duration.ofDays(1)));

    private final AtomicInteger asked = new AtomicInteger();
    private final InMemorySignalLedger plain = InMemorySignalLedger.create(SCHEMA);
    private final InMemorySignalLedger hinted = InMemorySignalLedger.create(SCHEMA, this::ownerOf);
    private final List<LedgerPart> plainParts = new ArrayList<>();
    private final List<LedgerPart> hintedParts = new ArrayList<>();

    OwnersTest() {
        for (int shard = 0; shard < 4; shard++) {
            plainParts.add(plain.open(new LogId(1, shard)));
            hintedParts.add(hinted.open(new LogId(1, shard)));
        }
        for (int i = 0; i < 5_000; i++) {
            apply(i % 400 % 4, i % 400);
        }
    }

    @Test
    void readsOfAnOwnedEntityAreTheSameAsWithoutTheHint() {
        assertThat(hinted.knowsOwners()).isTrue();
        assertThat(plain.knowsOwners()).isFalse();
        assertSame();
    }

    @Test
    void entitiesOfNoKnownLogMayLieInSeveral() {
        apply(1, 1_000);
        apply(3, 1_000);

        assertThat(hinted.knowsOwners()).isTrue();
        assertSame();
    }

    /** Each of its halves is less than the best of the others: it must not be passed over for that. */
    @Test
    void anEntityOfNoKnownLogRanksWithAllThatItHas() {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA, this::ownerOf);
        LedgerPart first = ledger.open(new LogId(1, 0));
        LedgerPart second = ledger.open(new LogId(1, 1));
        first.applyWalEvent(4, TYPE, 10, NOW);
        first.applyWalEvent(1_000, TYPE, 7, NOW);
        second.applyWalEvent(1_000, TYPE, 7, NOW);

        assertThat(ledger.topByScore(TYPE, 1, NOW))
                .extracting(SignalReading::entityId)
                .containsExactly(1_000L);
    }

    /** What the hint is wrong about is found all the same. */
    @Test
    void oneEntityInAnotherLogAndAllPartsAreLookedInAgain() {
        apply(3, 8);

        assertThat(hinted.knowsOwners()).isFalse();
        assertThat(hinted.read(8, TYPE, NOW)).isEqualTo(plain.read(8, TYPE, NOW));
        assertSame();
        int before = asked.get();
        hinted.score(8, TYPE, NOW);
        assertThat(asked).hasValue(before);
    }

    @Test
    void anEntityThatAnImageBringsCountsToo() throws IOException {
        List<byte[]> blocks = new ArrayList<>();
        try (PartImage image = ((SnapshottingPart) hintedParts.get(3))
                .beginImage((block, length) -> blocks.add(Arrays.copyOf(block, length)))) {
            while (!image.writeSome()) {}
        }
        InMemorySignalLedger restored = InMemorySignalLedger.create(SCHEMA, this::ownerOf);
        restore(restored, 3, blocks);
        assertThat(restored.knowsOwners()).isTrue();
        restore(restored, 2, blocks);

        assertThat(restored.knowsOwners()).isFalse();
        assertThat(restored.read(7, TYPE, NOW).allTime())
                .isEqualTo(2 * plain.read(7, TYPE, NOW).allTime());
    }

    @Test
    void anOwnerWithoutAPartHasNothing() {
        InMemorySignalLedger empty = InMemorySignalLedger.create(SCHEMA, this::ownerOf);

        assertThat(empty.read(1, TYPE, NOW).allTime()).isZero();
        assertThat(empty.score(1, TYPE, NOW)).isZero();
        assertThat(empty.topByScore(TYPE, 3, NOW)).isEmpty();
    }

    @Test
    void scoresNeedRoom() {
        assertThatThrownBy(() -> plain.scores(new long[3], TYPE, NOW, new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("out has room for 2 scores: must be 3 or more");
        double[] out = {7, 7, 7, 7};
        plain.scores(new long[] {9_999, 5}, TYPE, NOW, out);
        assertThat(out).containsExactly(0, plain.score(5, TYPE, NOW), 7, 7);
    }

    private void assertSame() {
        long[] entities = LongStream.concat(LongStream.range(0, 410), LongStream.of(1_000, 1_001, 8, 8))
                .toArray();
        double[] scores = new double[entities.length];
        double[] before = new double[entities.length];
        hinted.scores(entities, TYPE, NOW, scores);
        hinted.scores(entities, TYPE, NOW - 600, before); // most have newer events
        for (int i = 0; i < entities.length; i++) {
            SignalReading expected = plain.read(entities[i], TYPE, NOW);
            assertThat(hinted.read(entities[i], TYPE, NOW)).isEqualTo(expected);
            assertThat(hinted.score(entities[i], TYPE, NOW)).isEqualTo(expected.score());
            assertThat(scores[i]).isEqualTo(expected.score());
            assertThat(before[i])
                    .isEqualTo(plain.read(entities[i], TYPE, NOW - 600).score());
        }
        assertThat(hinted.topByScore(TYPE, 20, NOW)).isEqualTo(plain.topByScore(TYPE, 20, NOW));
        assertThat(hinted.topByCount(TYPE, Window.HOUR, 20, NOW))
                .isEqualTo(plain.topByCount(TYPE, Window.HOUR, 20, NOW));
    }

    private void apply(int shard, long entity) {
        float weight = entity % 17 + 1;
        long nanos = NOW - entity;
        plainParts.get(shard).applyWalEvent(entity, TYPE, weight, nanos);
        hintedParts.get(shard).applyWalEvent(entity, TYPE, weight, nanos);
    }

    private @Nullable LogId ownerOf(long entityId) {
        asked.incrementAndGet();
        return entityId >= 1_000 ? null : new LogId(1, (int) (entityId % 4));
    }

    private static void restore(InMemorySignalLedger ledger, int shard, List<byte[]> blocks) throws IOException {
        Iterator<byte[]> left = blocks.iterator();
        ((SnapshottingPart) ledger.open(new LogId(1, shard))).restore(() -> left.hasNext() ? left.next() : null);
    }
}
