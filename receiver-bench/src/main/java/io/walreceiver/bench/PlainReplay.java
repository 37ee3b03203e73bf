package io.walreceiver.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.Blake3;
import org.jspecify.annotations.Nullable;

/**
 * The receiver as one writes it down first: segment after segment, read whole, each batch hashed by Commons Codec, decoded into
 * objects, applied to a concurrent map.
 */
final class PlainReplay {

    private static final int MAGIC = 0x4C444954; // "TIDL", little-endian
    private static final int HEADER_BYTES = 64;
    private static final int HASHED_BYTES = 32;
    private static final int EVENT_BYTES = 21;

    private record Event(long entityId, int signalType, float weight, long timestampNanos) {}

    private record Log(int region, int shard) {}

    private final PlainLedger ledger = new PlainLedger(new ConcurrentHashMap<>());
    private final Map<Log, Long> applied = new HashMap<>();
    private final @Nullable FileChannel durable;

    /**
     * A replay into an empty ledger.
     *
     * @param durable where segments are written, and forced to the disk, before they are applied; nowhere if null
     */
    PlainReplay(@Nullable FileChannel durable) {
        this.durable = durable;
    }

    /** Replays the files one after the other; returns how many events they held. */
    long replay(List<Path> files) throws IOException {
        long events = 0;
        for (Path file : files) {
            events += replay(Files.readAllBytes(file));
        }
        return events;
    }

    PlainLedger ledger() {
        return ledger;
    }

    private long replay(byte[] segment) throws IOException {
        List<List<Event>> batches = new ArrayList<>();
        for (int at = 0; at < segment.length; ) {
            List<Event> batch = batch(segment, at);
            batches.add(batch);
            at += HEADER_BYTES + batch.size() * EVENT_BYTES;
        }
        if (durable != null) {
            durable.write(ByteBuffer.wrap(segment));
            durable.force(false);
        }
        long events = 0;
        for (List<Event> batch : batches) {
            for (Event event : batch) {
                ledger.applyWalEvent(event.entityId, event.signalType, event.weight, event.timestampNanos);
            }
            events += batch.size();
        }
        return events;
    }

    private List<Event> batch(byte[] segment, int at) {
        ByteBuffer header = ByteBuffer.wrap(segment, at, HEADER_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        int count = Short.toUnsignedInt(header.getShort(6));
        int bytes = header.getInt(24);
        Log log = new Log(Short.toUnsignedInt(header.getShort(30)), Short.toUnsignedInt(header.getShort(28)));
        Work.check(header.getInt(0) == MAGIC && bytes == count * EVENT_BYTES);
        Work.check(header.getLong(8) == applied.getOrDefault(log, 0L) + 1);
        byte[] checksum = Blake3.initHash()
                .update(segment, at, HASHED_BYTES)
                .update(segment, at + HEADER_BYTES, bytes)
                .doFinalize(HASHED_BYTES);
        Work.check(Arrays.equals(checksum, 0, HASHED_BYTES, segment, at + HASHED_BYTES, at + HEADER_BYTES));
        applied.merge(log, (long) count, Long::sum);
        return events(segment, at + HEADER_BYTES, count);
    }

    private static List<Event> events(byte[] segment, int at, int count) {
        ByteBuffer payload =
                ByteBuffer.wrap(segment, at, count * EVENT_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            events.add(new Event(
                    payload.getLong(), Byte.toUnsignedInt(payload.get()), payload.getFloat(), payload.getLong()));
        }
        return events;
    }
}
