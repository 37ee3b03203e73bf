/**
 * What the sending end of every transport has in common: the order, window, hold and end of each log, turns between logs, and a
 * drain loop that honours demand. For the transports of this library; not an interface to build on.
 */
@NullMarked
package io.walreceiver.transport.sender;

import org.jspecify.annotations.NullMarked;
