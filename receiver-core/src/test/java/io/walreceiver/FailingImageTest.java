package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.ImageReader;
import io.walreceiver.ledger.ImageWriter;
import io.walreceiver.ledger.PartImage;
import io.walreceiver.ledger.SnapshottingPart;
import io.walreceiver.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Checkpoints of a part whose image fails: none is said to be valid that is not. */
class FailingImageTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private final AtomicReference<BooleanSupplier> writeSome = new AtomicReference<>(() -> true);
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private SegmentReceiver receiver;

    @BeforeEach
    void start() {
        receiver = SegmentReceiver.create(
                new ScriptedTransport(source.asFlux()),
                log -> new ImagedPart(),
                Schemas.FOUR_TYPES,
                Storage.directory(directory.resolve("data")));
        receiver.receive().subscribe();
        source.tryEmitNext(Leader.segment(LOG, 1, 10)).orThrow();
        receiver.awaitApplied(LOG, 10, LONG).block(LONG);
    }

    @AfterEach
    void stop() {
        receiver.stop(Duration.ZERO).block(LONG);
    }

    @Test
    void anImageThatFailsIsToldAndTheNextOneSucceeds() {
        writeSome.set(() -> {
            throw new IllegalStateException("no such page");
        });
        assertThatThrownBy(() -> receiver.checkpoint().block(LONG)).hasMessage("no such page");
        writeSome.set(() -> {
            throw new OutOfMemoryError("no room for the page");
        });
        assertThatThrownBy(() -> receiver.checkpoint().block(LONG)).hasMessageContaining("no room for the page");

        writeSome.set(() -> true);
        receiver.checkpoint().block(LONG);
        assertThat(receiver.status().log(LOG).orElseThrow().applied()).isEqualTo(10);
    }

    @Test
    void whoComesWhileOneIsUnderWayGetsOneOfItsOwn() {
        writeSome.set(() -> false);
        Mono<Void> first = receiver.checkpoint().cache();
        first.subscribe();
        Mono<Void> second = receiver.checkpoint().cache();
        second.subscribe();
        writeSome.set(() -> true);
        first.block(LONG);
        second.block(LONG);
        assertThat(directory.resolve("data/logs/00001-00000").toFile().list((folder, name) -> name.endsWith(".ckpt")))
                .hasSize(2);
    }

    @Test
    void oneThatIsGivenUpAtTheEndIsNotSaidToBeValid() {
        writeSome.set(() -> false);
        Mono<Void> checkpoint = receiver.checkpoint().cache();
        checkpoint.subscribe();
        receiver.stop(Duration.ZERO).block(LONG);
        assertThatThrownBy(() -> checkpoint.block(LONG)).hasMessageContaining("no checkpoint was made");
    }

    private final class ImagedPart implements SnapshottingPart {

        @Override
        public void applyWalEvent(long entityId, int signalType, float weight, long timestampNanos) {}

        @Override
        public PartImage beginImage(ImageWriter out) {
            return new PartImage() {
                @Override
                public boolean writeSome() {
                    return writeSome.get().getAsBoolean();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void restore(ImageReader image) {}
    }
}
