/** A leader and its followers in one JVM. */
@NullMarked
package io.walreceiver.transport.inprocess;

import org.jspecify.annotations.NullMarked;
