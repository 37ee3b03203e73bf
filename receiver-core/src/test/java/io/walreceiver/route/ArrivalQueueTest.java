package io.walreceiver.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalQueueTest {

    private final ArrivalQueue queue = new ArrivalQueue();

    @Test
    void whatWaitsAloneComesAlone() {
        assertThat(queue.poll()).isNull();
        assertThat(queue.peek()).isNull();
        put(1, 100);
        assertThat(queue.isEmpty()).isFalse();
        assertThat(numbers(queue.peek())).containsExactly(1L);
        assertThat(numbers(queue.poll())).containsExactly(1L);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void smallOnesThatWaitComeTogetherUpToTheirNumber() {
        IntStream.rangeClosed(1, ArrivalQueue.MAX_GROUP + 3).forEach(i -> put(i, 100));
        assertThat(queue).hasSize(ArrivalQueue.MAX_GROUP + 3);
        assertThat(numbers(queue.poll()))
                .hasSize(ArrivalQueue.MAX_GROUP)
                .startsWith(1L, 2L)
                .isSorted();
        assertThat(numbers(queue.poll()))
                .containsExactly(ArrivalQueue.MAX_GROUP + 1L, ArrivalQueue.MAX_GROUP + 2L, ArrivalQueue.MAX_GROUP + 3L);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void largeOnesComeAloneAndInTheirPlace() {
        int large = ArrivalQueue.MAX_GROUP_BYTES;
        put(1, 100);
        put(2, large);
        put(3, large + 1);
        put(4, 100);
        put(5, large - 100);
        put(6, 1);
        assertThat(numbers(queue.poll())).containsExactly(1L);
        assertThat(numbers(queue.poll())).containsExactly(2L);
        assertThat(numbers(queue.poll())).containsExactly(3L);
        assertThat(numbers(queue.poll())).as("together as many bytes as may be").containsExactly(4L, 5L);
        assertThat(numbers(queue.poll())).containsExactly(6L);
    }

    @Test
    void whatIsNoSegmentKeepsItsPlace() {
        put(1, 100);
        queue.offer(List.of(new Arrival.GiveUpHeld()));
        put(2, 100);
        assertThat(numbers(queue.poll())).containsExactly(1L, Long.MAX_VALUE, 2L);
    }

    private void put(long number, int bytes) {
        WalSegmentId id = new WalSegmentId(new LogId(1, 0), number);
        queue.offer(List.of(new Arrival.Segment(new WalSegmentPayload(id, new byte[bytes], 1), number)));
    }

    private static List<Long> numbers(List<Arrival> group) {
        return group.stream().map(Arrival::number).toList();
    }
}
