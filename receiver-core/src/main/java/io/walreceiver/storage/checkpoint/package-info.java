/** Checkpoints: durable images of one log's part of the ledger, each with its position. */
@NullMarked
package io.walreceiver.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
