package io.walreceiver.schema;

import java.time.Duration;

/**
 * What decides which events are applied, and how: stored beside what was applied, so that replaying the same log gives the same
 * ledger.
 *
 * @param schema the signal types
 * @param invalidEvents what becomes of a segment with an event that cannot be applied
 * @param maxEventLead how far an event's time may lie after its batch's, 0 or more
 */
public record StoredSchema(SignalSchema schema, InvalidEventPolicy invalidEvents, Duration maxEventLead) {}
