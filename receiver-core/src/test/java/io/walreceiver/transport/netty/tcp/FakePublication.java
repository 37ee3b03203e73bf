package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import io.walreceiver.transport.publication.FollowerTerms;
import io.walreceiver.transport.publication.Publication;
import io.walreceiver.transport.publication.PublishedCheckpoint;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;

/** A leader whose answers a test sets; segments are of so many bytes, each of one event, and never looked into. */
final class FakePublication implements Publication {

    final InProcessLeader leader =
            InProcessLeader.builder().windowBytesPerLog(1L << 30).build();
    final Map<LogId, Long> heads = new ConcurrentHashMap<>();
    final Map<LogId, Long> earliest = new ConcurrentHashMap<>();
    final Map<LogId, LeaderEpoch> epochs = new ConcurrentHashMap<>();
    final Map<LogId, List<SkippedEvents>> skips = new ConcurrentHashMap<>();
    final Map<LogId, byte[]> checkpoints = new ConcurrentHashMap<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    volatile Optional<Boolean> holds = Optional.empty();
    volatile boolean origin = true;

    WalSegmentPayload send(LogId log, int sizeBytes) {
        long seqno = heads.merge(log, 1L, Long::sum);
        return sendAt(log, seqno, sizeBytes);
    }

    WalSegmentPayload sendAt(LogId log, long seqno, int sizeBytes) {
        byte[] bytes = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            bytes[i] = (byte) (i * 31 + seqno);
        }
        heads.put(log, seqno);
        WalSegmentPayload segment = new WalSegmentPayload(new WalSegmentId(log, seqno), bytes, 1);
        leader.send(segment).block();
        return segment;
    }

    @Override
    public boolean isOrigin() {
        return origin;
    }

    @Override
    public Set<LogId> logs() {
        return heads.keySet();
    }

    @Override
    public OptionalLong earliest(LogId log) {
        return heads.containsKey(log) ? OptionalLong.of(earliest.getOrDefault(log, 1L)) : OptionalLong.empty();
    }

    @Override
    public OptionalLong head(LogId log) {
        Long head = heads.get(log);
        return head == null ? OptionalLong.empty() : OptionalLong.of(head);
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return Optional.ofNullable(epochs.get(log));
    }

    @Override
    public Optional<Boolean> holds(LogId log, BatchMark batch) {
        return holds;
    }

    @Override
    public List<SkippedEvents> skips(LogId log) {
        return skips.getOrDefault(log, List.of());
    }

    @Override
    public Optional<PublishedCheckpoint> checkpoint(LogId log) {
        return Optional.ofNullable(checkpoints.get(log))
                .map(bytes -> new PublishedCheckpoint("checkpoint-" + log.shard(), 9, bytes.length, from -> {
                    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
                    in.skipNBytes(from);
                    return in;
                }));
    }

    @Override
    public Optional<byte[]> marker() {
        return Optional.of(new byte[] {1, 2, 3});
    }

    @Override
    public Transport follower(FollowerTerms terms) {
        Transport follower = leader.follower();
        return new Transport() {
            @Override
            public Flux<WalSegmentPayload> segments(Positions positions) {
                return follower.segments(positions)
                        .filter(segment -> terms.wanted().test(segment.log()))
                        .doFinally(end -> leader.detach(follower));
            }

            @Override
            public void acknowledge(LogId log, long through) {
                told.add("acknowledge " + log + " " + through);
                // what was acknowledged is kept, as another follower may come for it
            }

            @Override
            public void request(LogId log, long from) {
                told.add("request " + log + " " + from);
                follower.request(log, from);
            }

            @Override
            public void hold(LogId log, long from) {
                told.add("hold " + log + " " + from);
                follower.hold(log, from);
            }

            @Override
            public boolean canSendAgain() {
                return true;
            }
        };
    }
}
