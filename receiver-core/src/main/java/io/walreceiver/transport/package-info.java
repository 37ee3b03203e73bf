/** What carries segments from a leader to a follower: the contract of every transport. */
@NullMarked
package io.walreceiver.transport;

import org.jspecify.annotations.NullMarked;
