/**
 * What tests of an application with a receiver in it need, and kits for those who build a part of one.
 *
 * <ul>
 *   <li>{@link io.walreceiver.test.FakeLeader}: a leader in memory, in process or on a TCP port, which has accidents when it is told to.
 *   <li>{@link io.walreceiver.test.Segments}: segments with given or random events, corrupt copies and other cuts of them.
 *   <li>{@link io.walreceiver.test.ReceiverAssertions}: how a receiver stands, and that its ledger holds each event once.
 *   <li>{@link io.walreceiver.test.RecordingLedger}: a ledger that remembers what was applied to it, and in what order.
 *   <li>{@link io.walreceiver.test.TransportContract}, {@link io.walreceiver.test.FlowControlContract} and {@link
 *       io.walreceiver.test.SignalLedgerContract}: implement one in a test class and your transport or ledger is held against what
 *       the receiver relies on.
 * </ul>
 */
@NullMarked
package io.walreceiver.test;

import org.jspecify.annotations.NullMarked;
