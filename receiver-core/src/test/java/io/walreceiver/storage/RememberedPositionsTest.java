package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.KnownPositions;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** The positions that are written down now and then, beside the end of the receiver. */
class RememberedPositionsTest {

    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));
    private static final LogId LOG = new LogId(1, 3);

    /** Nothing is stored yet, so nothing is given back. */
    private static final RecoveryTarget NOTHING = (RecoveryTarget) Proxy.newProxyInstance(
            RecoveryTarget.class.getClassLoader(),
            new Class<?>[] {RecoveryTarget.class},
            (proxy, method, arguments) -> {
                throw new AssertionError(method);
            });

    @TempDir
    Path directory;

    private final AtomicInteger writers = new AtomicInteger();
    private final AtomicInteger mostWriters = new AtomicInteger();
    private Thread closer = new Thread();

    @Test
    void positionsAreWrittenByOneThreadAtATimeAndNotAfterTheEnd() throws Exception {
        Path data = directory.resolve("data");
        OpenStorage open = DirectoryStorage.builder(data)
                .disk(whereRenamingWaitsForTheCloser())
                .build()
                .open(SCHEMA, Runnable::run, Schedulers.parallel());
        write(open.log(LOG));
        closer = new Thread(() -> open.close(true));
        open.remember(); // in the middle of it, the receiver ends
        closer.join();
        open.remember();

        assertThat(mostWriters).hasValue(1);
        assertThat(KnownPositions.read(Disk.ofOperatingSystem(), data))
                .contains(new KnownPositions(true, Map.of(LOG, 1L)));
    }

    /** One event, durable on return: the disk's thread is this one. */
    private static void write(LogStore store) throws IOException {
        store.recover(NOTHING);
        SegmentEncoder encoder = new SegmentEncoder(LOG, 2, BatchHasher.bouncyCastle());
        encoder.beginBatch(1, 1).event(1, 0, 1f, 1).endBatch();
        store.append(SegmentDecoder.decode(encoder.finish()), 1);
        assertThat(store.durable()).isEqualTo(1);
    }

    /** The first to rename the positions starts the closer and goes on when that one waits, or writes too. */
    private Disk whereRenamingWaitsForTheCloser() {
        Disk disk = Disk.ofOperatingSystem();
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    boolean positions =
                            method.getName().equals("rename") && ((Path) arguments[1]).endsWith(KnownPositions.FILE);
                    if (positions) {
                        mostWriters.accumulateAndGet(writers.incrementAndGet(), Math::max);
                        awaitCloser();
                    }
                    try {
                        return method.invoke(disk, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (positions) {
                            writers.decrementAndGet();
                        }
                    }
                });
    }

    private void awaitCloser() {
        Thread thread = closer;
        if (Thread.currentThread() == thread || thread.getState() != Thread.State.NEW) {
            return;
        }
        thread.start();
        while (thread.getState() != Thread.State.BLOCKED && mostWriters.get() < 2 && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }
}
