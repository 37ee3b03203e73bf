package io.walreceiver.test;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;

class InMemorySignalLedgerTest implements SignalLedgerContract<InMemorySignalLedger> {

    @Override
    public InMemorySignalLedger create(SignalSchema schema) {
        return InMemorySignalLedger.create(schema);
    }

    @Override
    public SignalReading read(InMemorySignalLedger ledger, long entityId, int signalType, long nowNanos) {
        return ledger.read(entityId, signalType, nowNanos);
    }
}
