package io.walreceiver.test;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** One log of a {@link FakeLeader}. Guarded by the leader's lock. */
final class FakeLog {

    private final List<WalSegmentPayload> sent = new ArrayList<>();
    private final List<WalSegmentPayload> withheld = new ArrayList<>();
    private final List<WalSegmentPayload> lost = new ArrayList<>();
    private Optional<LeaderEpoch> epoch = Optional.empty();
    private long acknowledged;
    private int requests;

    /** What followers are sent, in this order. */
    List<WalSegmentPayload> sent() {
        return sent;
    }

    /** What is kept from followers until it is released. */
    List<WalSegmentPayload> withheld() {
        return withheld;
    }

    /** What is kept from followers until one asks for it. */
    List<WalSegmentPayload> lost() {
        return lost;
    }

    /** Everything that was written, whether it is sent or not. */
    Stream<WalSegmentPayload> written() {
        return Stream.of(sent, withheld, lost).flatMap(List::stream);
    }

    OptionalLong head() {
        return written().mapToLong(WalSegmentPayload::claimedLastSeq).max();
    }

    OptionalLong earliest() {
        return written().mapToLong(segment -> segment.id().seqno()).min();
    }

    Optional<LeaderEpoch> epoch() {
        return epoch;
    }

    /** What was written beyond the start of the reign is gone. */
    void begin(LeaderEpoch reign) {
        for (List<WalSegmentPayload> segments : List.of(sent, withheld, lost)) {
            segments.removeIf(segment -> segment.claimedLastSeq() > reign.start());
        }
        epoch = Optional.of(reign);
    }

    /** Takes out everything that was withheld. */
    List<WalSegmentPayload> release() {
        List<WalSegmentPayload> released = List.copyOf(withheld);
        withheld.clear();
        return released;
    }

    /** Takes out what was lost and holds the event, or one behind it. */
    List<WalSegmentPayload> asked(long from) {
        requests++;
        List<WalSegmentPayload> found = lost.stream()
                .filter(segment -> segment.claimedLastSeq() >= from)
                .toList();
        lost.removeAll(found);
        return found;
    }

    int requests() {
        return requests;
    }

    void acknowledged(long through) {
        acknowledged = Math.max(acknowledged, through);
    }

    long acknowledged() {
        return acknowledged;
    }
}
