package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ExampleSchema.SOON;
import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.transport.Transport;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class ReceiverAssertionsTest {

    private final Segments log = ExampleSchema.segments();
    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final SegmentReceiver receiver =
            SegmentReceiver.create(Transport.of(Flux.just(log.next(10))), ledger, SCHEMA);

    private void run() {
        receiver.receive().blockLast(SOON);
    }

    @Test
    void tellHowAReceiverStands() {
        assertThat(receiver).isIn(Phase.NEW);
        run();
        assertThat(receiver)
                .isIn(Phase.STOPPED)
                .log(LOG)
                .isRunning()
                .hasApplied(10)
                .hasHeld(0)
                .hasAcknowledged(10);
    }

    @Test
    void failWithTheWholeStatus() {
        run();
        assertThatThrownBy(() -> assertThat(receiver).log(LOG).hasApplied(11))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("applied of log 1:3: 11, found: 10")
                .hasMessageContaining("cause=");
        assertThatThrownBy(() -> assertThat(receiver).log(LOG).isInState(LogState.GAP))
                .hasMessageContaining("found: running");
        assertThatThrownBy(() -> assertThat(receiver).log(LOG).hasLag(0)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(receiver).log(new LogId(9, 9))).hasMessageContaining("found [1:3]");
        assertThatThrownBy(() -> assertThat(receiver).isIn(Phase.RUNNING)).isInstanceOf(AssertionError.class);
    }

    @Test
    void tellALedgerThatHoldsTooLittleOrTooMuch() {
        run();
        assertThat(ledger).holdsExactly(log).holdsExactlyThrough(10, log);
        assertThatThrownBy(() -> assertThat(ledger).holdsExactlyThrough(9, log)).isInstanceOf(AssertionError.class);
        log.next(1);
        assertThatThrownBy(() -> assertThat(ledger).holdsExactly(log)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> assertThat(ledger).holdsExactly()).isInstanceOf(AssertionError.class);
    }
}
