package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.LogStore;
import io.walreceiver.storage.OpenStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Positions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** A storage that takes its time to open, and a stop meanwhile. */
class StopWhileOpeningTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final Semaphore opens = new Semaphore(0);
    private final CountDownLatch opening = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    @Test
    void aStorageThatIsOpenedAfterTheStopIsClosedOrItsLockWouldStay() throws Exception {
        ScriptedTransport transport = new ScriptedTransport(Flux.never());
        SegmentReceiver receiver =
                SegmentReceiver.create(transport, new RecordingLedger(), Schemas.FOUR_TYPES, new SlowStorage());
        receiver.receive().subscribe();
        assertThat(opening.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();

        CompletableFuture<StopReport> stopped =
                receiver.stop(LONG.multipliedBy(2)).toFuture();
        opens.release();
        assertThat(stopped.get(LONG.toSeconds(), TimeUnit.SECONDS).status().phase())
                .isEqualTo(ReceiverStatus.Phase.STOPPED);
        assertThat(transport.positions).as("nothing is asked for").isSameAs(Positions.NONE);
        assertThat(closed.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private final class SlowStorage implements Storage, OpenStorage {

        @Override
        public boolean isVolatile() {
            return false;
        }

        @Override
        public OpenStorage open(StoredSchema wanted, Executor disk, Scheduler timer) {
            opening.countDown();
            opens.acquireUninterruptibly();
            return this;
        }

        @Override
        public StoredSchema stored() {
            return new StoredSchema(
                    Schemas.FOUR_TYPES, ReceiverOptions.defaults().invalidEvents(), Duration.ZERO);
        }

        @Override
        public Set<LogId> logs() {
            return Set.of();
        }

        @Override
        public LogStore log(LogId log) {
            throw new AssertionError("nothing was to be received");
        }

        @Override
        public void adopt(StoredSchema schema) {}

        @Override
        public void remember() {}

        @Override
        public void close(boolean clean) {
            closed.countDown();
        }
    }
}
