/** Writes logs of made-up events, the same ones for the same seed. */
@NullMarked
package io.walreceiver.server.generate;

import org.jspecify.annotations.NullMarked;
