/** Groups segments by log: one bounded inbox per log, one budget in bytes for all, and the asking for what was let go. */
@NullMarked
package io.walreceiver.route;

import org.jspecify.annotations.NullMarked;
