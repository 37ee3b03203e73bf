/** Where a receiver keeps its logs, so that position and ledger are one durable fact. */
@NullMarked
package io.walreceiver.storage;

import org.jspecify.annotations.NullMarked;
