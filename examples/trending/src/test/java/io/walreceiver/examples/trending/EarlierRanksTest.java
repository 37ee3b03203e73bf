package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.examples.trending.Trend.Counts;
import io.walreceiver.examples.trending.Trend.Hot;
import io.walreceiver.examples.trending.Trend.Ranking;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EarlierRanksTest {

    private final EarlierRanks earlier = new EarlierRanks(Duration.ofSeconds(10));

    @Test
    void theFirstIsComparedWithNothing() {
        Trend first = compare(0, "a", "b");

        assertThat(first.comparedWithMillis()).isNull();
        assertThat(previousRanks(first)).containsOnlyNulls();
    }

    @Test
    void othersAreComparedWithTheFirstAtFirst() {
        compare(0, "a", "b");
        compare(1, "b", "a");
        Trend third = compare(2, "c", "a", "b");

        assertThat(third.comparedWithMillis()).isEqualTo(2_000);
        assertThat(previousRanks(third)).containsExactly(null, 1, 2);
    }

    @Test
    void whatIsOlderThanTheSpanIsForgotten() {
        compare(0, "a", "b");
        compare(4, "b", "a");
        Trend later = compare(14, "a", "b");

        assertThat(later.comparedWithMillis()).isEqualTo(10_000);
        assertThat(previousRanks(later)).containsExactly(2, 1);
    }

    private Trend compare(int second, String... names) {
        List<Hot> hottest = IntStream.range(0, names.length)
                .mapToObj(i -> new Hot(i + 1, null, names[i], names[i], 1, new Counts(0, 0, 0, 0)))
                .toList();
        Replica replica = new Replica(Phase.RUNNING, 0, null, null, List.of());
        Trend trend = new Trend(null, null, List.of(new Ranking("touch", null, hottest)), replica);
        return earlier.compare(trend, Duration.ofSeconds(second).toNanos());
    }

    private static List<Integer> previousRanks(Trend trend) {
        return trend.signals().get(0).hottest().stream().map(Hot::previousRank).toList();
    }
}
