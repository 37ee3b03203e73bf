package io.walreceiver.transport.netty.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Bytes of segments that are read or wait for their fate. Reserved before the first byte is read. Any thread. */
final class Room {

    /** What a segment costs beside its bytes, so that many small ones are bounded too. */
    private static final int OVERHEAD_BYTES = 4096;

    private final long maxBytes;
    private final AtomicLong taken = new AtomicLong();

    Room(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Room for one segment: given back by whoever {@link #release releases} it first, whoever else may. */
    final class Place {

        private final long bytes;
        private final AtomicBoolean given = new AtomicBoolean();
        private final AtomicBoolean handedOver = new AtomicBoolean();

        private Place(long bytes) {
            this.bytes = bytes;
        }

        /** From now on the segment's own fate gives the place back, not its reader. */
        void handOver() {
            handedOver.set(true);
        }

        /** The reader is done: gives the place back unless it was handed over. */
        void readerDone() {
            if (!handedOver.get()) {
                release();
            }
        }

        void release() {
            if (given.compareAndSet(false, true)) {
                taken.addAndGet(-bytes);
            }
        }
    }

    /** Takes room; null if there is none. One segment always fits when nothing else is here. */
    @Nullable
    Place take(long segmentBytes) {
        long bytes = segmentBytes + OVERHEAD_BYTES;
        while (true) {
            long before = taken.get();
            if (before > 0 && bytes > maxBytes - before) {
                return null;
            }
            if (taken.compareAndSet(before, before + bytes)) {
                return new Place(bytes);
            }
        }
    }

    long takenBytes() {
        return taken.get();
    }
}
