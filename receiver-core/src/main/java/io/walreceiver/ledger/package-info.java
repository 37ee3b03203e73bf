/** The signal ledger: decayed scores and windowed counts, one part per log. */
@NullMarked
package io.walreceiver.ledger;

import org.jspecify.annotations.NullMarked;
