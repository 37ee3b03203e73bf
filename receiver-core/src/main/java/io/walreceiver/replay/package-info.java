/** Last stage of a log: its one writer, which keeps order, holds behind gaps and applies to the ledger. */
@NullMarked
package io.walreceiver.replay;

import org.jspecify.annotations.NullMarked;
