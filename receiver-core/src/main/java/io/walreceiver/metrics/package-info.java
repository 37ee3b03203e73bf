/** Meters of a receiver, for Micrometer; {@code docs/meters.md} lists them. */
@NullMarked
package io.walreceiver.metrics;

import org.jspecify.annotations.NullMarked;
