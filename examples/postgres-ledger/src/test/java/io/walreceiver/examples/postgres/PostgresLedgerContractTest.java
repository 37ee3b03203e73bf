package io.walreceiver.examples.postgres;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.test.SignalLedgerContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What the receiver relies on in a ledger, but for windows, which the table does not keep. */
class PostgresLedgerContractTest implements SignalLedgerContract<PostgresLedger> {

    private final List<PostgresLedger> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(ledger -> ledger.close().block());
    }

    @Override
    public PostgresLedger create(SignalSchema schema) {
        PostgresLedger ledger = PostgresLedger.connect(PostgresServer.shared().newSchema(), schema, "contract")
                .block(patience());
        opened.add(ledger);
        return ledger;
    }

    @Override
    public SignalReading read(PostgresLedger ledger, long entityId, int signalType, long nowNanos) {
        PairReading pair = ledger.read(entityId, signalType, nowNanos).block(patience());
        return new SignalReading(entityId, signalType, pair.asOfNanos(), pair.score(), pair.events(), 0, 0, 0);
    }

    @Override
    public boolean keepsCounts() {
        return false;
    }
}
