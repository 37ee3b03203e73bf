/** A ledger of one's own, in PostgreSQL: events and position in one transaction. */
@NullMarked
package io.walreceiver.examples.postgres;

import org.jspecify.annotations.NullMarked;
