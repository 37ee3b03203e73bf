/** The program's log on standard error: as text or as JSON, with repeats told by their number. */
@NullMarked
package io.walreceiver.server.logging;

import org.jspecify.annotations.NullMarked;
