package io.walreceiver.storage;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult.Verified;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a leader has of a log: events 1 to {@link #last}, but for a hole. Event n is always the same. */
final class SentLog {

    static final long START = 1_767_225_600_000_000_000L;

    static final int NEW_TYPE = 3;
    private static final List<SignalType> TYPES = List.of(
            SignalType.exponential(0, "view", Duration.ofDays(7)),
            SignalType.exponential(1, "like", Duration.ofHours(3)),
            SignalType.permanent(2, "follow"),
            SignalType.exponential(NEW_TYPE, "share", Duration.ofDays(1)));

    /** Two schemas, one and its successor, which knows one type more. */
    static final StoredSchema OLD = stored(TYPES.subList(0, 3));

    static final StoredSchema NEW = stored(TYPES);

    private static final BatchHasher HASHER = BatchHasher.fastest();
    private static final SegmentVerifier VERIFIER = new SegmentVerifier(HASHER);
    private static final long MINUTE = 60_000_000_000L;
    private static final int MAX_EVENTS = 8;

    final LogId id;
    final long last;
    /** The first event that the leader lost; beyond {@link #last} if it lost none. */
    final long holeFrom;

    final long holeThrough;

    private final Map<Cut, SegmentView> cuts = new HashMap<>();

    private record Cut(long first, long last, int perBatch) {}

    SentLog(LogId id, long last, long holeFrom, long holeThrough) {
        this.id = id;
        this.last = last;
        this.holeFrom = holeFrom;
        this.holeThrough = holeThrough;
    }

    private static StoredSchema stored(List<SignalType> types) {
        return new StoredSchema(SignalSchema.of(types), InvalidEventPolicy.SKIP, Duration.ofDays(1));
    }

    boolean lost(long seq) {
        return seq >= holeFrom && seq <= holeThrough;
    }

    /** The last event at or below a position that was not lost; 0 for none. */
    long lastEvent(long position) {
        return lost(position) ? holeFrom - 1 : position;
    }

    boolean hasHole() {
        return holeFrom <= last;
    }

    long entity(long seq) {
        return seq * 7 % 5 + id.shard() % 2;
    }

    int type(long seq) {
        return (int) (seq * 5 / 3 % TYPES.size());
    }

    float weight(long seq) {
        return seq * 13 % 11 - 3.7f;
    }

    long time(long seq) {
        return START + seq * 17 * MINUTE - (seq % 5 == 0 ? 70 * MINUTE : 0);
    }

    /** A segment that holds the next event after a position, cut at random; perhaps it begins earlier. */
    SegmentView next(long position, Random random) {
        long floor = position >= holeThrough ? Math.min(holeThrough, last) : 0;
        long ceiling = position < holeFrom - 1 ? Math.min(last, holeFrom - 1) : last;
        long overlap = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0;
        long first = Math.max((hasHole() ? floor : 0) + 1, position + 1 - overlap);
        return segment(first, Math.min(ceiling, position + 1 + random.nextInt(MAX_EVENTS)), 1 + random.nextInt(4));
    }

    private SegmentView segment(long first, long through, int perBatch) {
        return cuts.computeIfAbsent(new Cut(first, through, perBatch), this::encode);
    }

    private SegmentView encode(Cut cut) {
        SegmentEncoder encoder = new SegmentEncoder(id, 2, HASHER);
        for (long from = cut.first; from <= cut.last; from += cut.perBatch) {
            long to = Math.min(cut.last, from + cut.perBatch - 1);
            encoder.beginBatch(from, time(to) + MINUTE);
            for (long seq = from; seq <= to; seq++) {
                encoder.event(entity(seq), type(seq), weight(seq), time(seq));
            }
            encoder.endBatch();
        }
        return ((Verified) VERIFIER.verify(encoder.finish())).segment();
    }

    /** A copy of the segment at a position with a bit that is not as it was. */
    WalSegmentPayload corrupt(long position) {
        SegmentView segment = segment(position, position, 1);
        byte[] bytes = segment.bytes().clone();
        bytes[bytes.length - 1] ^= 4;
        return new WalSegmentPayload(segment.id(), bytes, segment.eventCount());
    }

    /** Whether an event counts that was applied by somebody who knows the new schema from the event after a position on. */
    boolean valid(long seq, long knownAfter) {
        return type(seq) < NEW_TYPE || seq > knownAfter;
    }

    /** The model: each event through a position once, in order. */
    void apply(LedgerPart part, long through, long newSchemaAfter) {
        for (long seq = 1; seq <= through; seq++) {
            if (!lost(seq) && valid(seq, newSchemaAfter)) {
                part.applyWalEvent(entity(seq), type(seq), weight(seq), time(seq));
            }
        }
    }
}
