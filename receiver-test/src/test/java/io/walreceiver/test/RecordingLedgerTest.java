package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.LedgerPart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class RecordingLedgerTest {

    private static final LogId A = new LogId(1, 0);
    private static final LogId B = new LogId(1, 1);
    private static final SignalEvent EVENT = new SignalEvent(7, 1, 0.5f, 99);

    private static void apply(LedgerPart part, int events, long through) {
        for (int i = 0; i < events; i++) {
            part.applyWalEvent(EVENT.entityId(), EVENT.signalType(), EVENT.weight(), EVENT.timestampNanos());
        }
        part.applied(through);
    }

    @Test
    void eventsAreRecordedWithTheirPositions() {
        RecordingLedger ledger = RecordingLedger.create();
        LedgerPart a = ledger.open(A);
        LedgerPart b = ledger.open(B);
        apply(a, 2, 2);
        apply(b, 1, 1);
        apply(a, 1, 3);
        assertThat(ledger.applied())
                .containsExactly(
                        new RecordingLedger.Applied(A, 1, EVENT),
                        new RecordingLedger.Applied(A, 2, EVENT),
                        new RecordingLedger.Applied(B, 1, EVENT),
                        new RecordingLedger.Applied(A, 3, EVENT));
        assertThat(ledger.events(A)).isEqualTo(List.of(EVENT, EVENT, EVENT));
        assertThat(ledger.position(A)).isEqualTo(3);
        assertThat(ledger.position(new LogId(9, 9))).isZero();
    }

    @Test
    void applyingTwiceIsRefused() {
        LedgerPart part = RecordingLedger.create().open(A);
        apply(part, 3, 3);
        assertThatThrownBy(() -> apply(part, 1, 3)).hasMessageContaining("out of order or twice");
    }

    @Test
    void itFailsOnceWhenTold() {
        RecordingLedger ledger = RecordingLedger.create();
        ledger.failAt(A, 2);
        LedgerPart part = ledger.open(A);
        apply(part, 1, 1);
        assertThatThrownBy(() -> apply(part, 2, 3)).hasMessageContaining("told to fail at event 2");
        LedgerPart again = ledger.open(A);
        assertThat(ledger.events(A)).isEmpty();
        apply(again, 3, 3);
        assertThat(ledger.opened(A)).isEqualTo(2);
        assertThat(ledger.position(A)).isEqualTo(3);
    }

    @Test
    void commitsWaitWhileItStandsStill() {
        RecordingLedger ledger = RecordingLedger.create();
        LedgerPart part = ledger.open(A);
        StepVerifier.create(part.commit(1)).expectComplete().verify(Duration.ofMinutes(1));
        ledger.stall(A);
        StepVerifier.create(part.commit(1))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(20))
                .then(() -> ledger.resume(A))
                .expectComplete()
                .verify(Duration.ofMinutes(1));
        ledger.resume(A);
    }
}
