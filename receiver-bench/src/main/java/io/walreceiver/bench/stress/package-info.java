/** jcstress tests of what readers see of the ledger while its writer is at work. */
@NullMarked
package io.walreceiver.bench.stress;

import org.jspecify.annotations.NullMarked;
