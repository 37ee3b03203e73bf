/** Replays directories of segments into an in-memory ledger. */
@NullMarked
package io.walreceiver.server.replay;

import org.jspecify.annotations.NullMarked;
