package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What the tests of {@link TransportContract} send, and how they compare it. */
final class TransportCases {

    static final LogId A = new LogId(1, 0);
    static final LogId B = new LogId(1, 1);
    /** Bytes of a segment of ten events in one batch. */
    static final long SEGMENT_BYTES = 64 + 10 * 21;
    /** Room for everything that is sent here. */
    static final long WIDE = 1 << 20;

    private TransportCases() {}

    /** Segments of ten events each. */
    static List<WalSegmentPayload> segments(LogId log, int count) {
        return Segments.of(log).next(count, 10);
    }

    static List<WalSegmentPayload> alternating(List<WalSegmentPayload> a, List<WalSegmentPayload> b) {
        List<WalSegmentPayload> both = new ArrayList<>();
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            if (i < a.size()) {
                both.add(a.get(i));
            }
            if (i < b.size()) {
                both.add(b.get(i));
            }
        }
        return both;
    }

    static Flux<WalSegmentId> ids(TransportContract.Source source, Positions positions) {
        return source.transport().segments(positions).map(WalSegmentPayload::id);
    }

    static List<WalSegmentId> ids(List<WalSegmentPayload> segments) {
        return segments.stream().map(WalSegmentPayload::id).toList();
    }

    static WalSegmentId id(List<WalSegmentPayload> segments, int index) {
        return segments.get(index).id();
    }

    static List<WalSegmentPayload> of(LogId log, @Nullable List<WalSegmentPayload> segments) {
        return segments == null
                ? List.of()
                : segments.stream().filter(segment -> segment.log().equals(log)).toList();
    }

    static void assertSame(@Nullable List<WalSegmentPayload> received, List<WalSegmentPayload> expected) {
        assertThat(received).isNotNull();
        if (received != null) {
            assertThat(ids(received)).isEqualTo(ids(expected));
            for (int i = 0; i < expected.size(); i++) {
                assertThat(received.get(i).bytes()).isEqualTo(expected.get(i).bytes());
                assertThat(received.get(i).eventCount())
                        .isEqualTo(expected.get(i).eventCount());
            }
        }
    }
}
