/** A data directory for followers to read, by the process that works in it or holds its lock. */
@NullMarked
package io.walreceiver.publication;

import org.jspecify.annotations.NullMarked;
