/** The durable log: what one log has received, as files of the segment format in one folder. */
@NullMarked
package io.walreceiver.storage.wal;

import org.jspecify.annotations.NullMarked;
