/** The small text files of a data directory: what it is, what was skipped, what is known to be durable, who holds it. */
@NullMarked
package io.walreceiver.storage.records;

import org.jspecify.annotations.NullMarked;
