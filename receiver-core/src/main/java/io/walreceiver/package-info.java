/**
 * The receiver: takes segments from a {@link io.walreceiver.transport.Transport} and replays them, in order and exactly once, into
 * a {@link io.walreceiver.ledger.SignalLedger}. Start at {@link io.walreceiver.SegmentReceiver}.
 */
@NullMarked
package io.walreceiver;

import org.jspecify.annotations.NullMarked;
