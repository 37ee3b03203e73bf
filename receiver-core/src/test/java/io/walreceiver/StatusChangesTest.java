package io.walreceiver;

import io.walreceiver.ReceiverStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class StatusChangesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);

    private ReceiverStatus status() {
        return new ReceiverStatus(phase.get(), List.of(), Optional.empty(), 0, 0, false, false);
    }

    @Test
    void whatChangesWhileSomebodyComesIsTold() {
        AtomicReference<StatusChanges> changes = new AtomicReference<>();
        changes.set(new StatusChanges(() -> {
            ReceiverStatus read = status();
            if (phase.compareAndSet(Phase.NEW, Phase.RUNNING)) { // just after it was read for the first time
                changes.get().changed();
            }
            return read;
        }));

        StepVerifier.create(changes.get().flux().map(ReceiverStatus::phase))
                .expectNext(Phase.NEW, Phase.RUNNING)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void whoComesLateIsToldTheLastAndTheEnd() {
        StatusChanges changes = new StatusChanges(this::status);
        changes.changed();
        phase.set(Phase.STOPPED);
        changes.complete();

        StepVerifier.create(changes.flux().map(ReceiverStatus::phase))
                .expectNext(Phase.STOPPED)
                .expectComplete()
                .verify(SOON);
    }
}
