/** Where logs and their parts of the ledger are kept. */
@NullMarked
package io.walreceiver.storage;

import org.jspecify.annotations.NullMarked;
