package io.walreceiver.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.LedgerPart;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PairComparisonTest {

    private static final SignalSchema SCHEMA =
            SignalSchema.of(SignalType.exponential(0, "view", Duration.ofDays(7)), SignalType.permanent(1, "like"));
    private static final long T = 1_700_000_000_000_000_000L;

    @Test
    void sameEventsGiveEqualPairs() {
        assertThat(PairComparison.of(ledger(1, T), ledger(1, T)).difference()).isEmpty();
        assertThat(PairComparison.of(ledger(1, T), ledger(1, T)).compared()).isEqualTo(2);
    }

    @Test
    void lastBitOfAScoreATimeAndAMissingPairAreSeen() {
        assertThat(PairComparison.of(ledger(1, T), ledger(Math.nextUp(1f), T)).difference())
                .hasValueSatisfying(
                        text -> assertThat(text).contains("entity 7, signal type 0: score ", " against score "));
        assertThat(PairComparison.of(ledger(1, T), ledger(1, T + 1)).difference())
                .isPresent();
        InMemorySignalLedger empty = InMemorySignalLedger.create(SCHEMA);
        assertThat(PairComparison.of(empty, ledger(1, T)).difference())
                .hasValueSatisfying(text -> assertThat(text).contains("nothing against score"));
        assertThat(PairComparison.of(ledger(1, T), empty).difference())
                .hasValueSatisfying(text -> assertThat(text).endsWith("against nothing"));
    }

    private static InMemorySignalLedger ledger(float weight, long time) {
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
        LedgerPart part = ledger.open(new LogId(1, 3));
        part.applyWalEvent(7, 0, weight, time);
        part.applyWalEvent(-1, 1, 2, T);
        part.applied(2);
        return ledger;
    }
}
