/** Writing files that are either complete or not there. */
@NullMarked
package io.walreceiver.server.output;

import org.jspecify.annotations.NullMarked;
