/**
 * Kits and fixtures for those who build on the receiver.
 *
 * <ul>
 *   <li>{@link io.walreceiver.test.TransportContract} and {@link io.walreceiver.test.SignalLedgerContract}: implement one in a test
 *       class and your transport or ledger is held against what the receiver relies on.
 *   <li>{@link io.walreceiver.test.Segments}: segments with given or random events, corrupt copies and other cuts of them.
 *   <li>{@link io.walreceiver.test.RecordingLedger}: a ledger that remembers what was applied to it, and in what order.
 * </ul>
 *
 * A leader for tests needs no fake: {@link io.walreceiver.transport.inprocess.InProcessLeader} delivers whatever it is given.
 */
@NullMarked
package io.walreceiver.test;

import org.jspecify.annotations.NullMarked;
