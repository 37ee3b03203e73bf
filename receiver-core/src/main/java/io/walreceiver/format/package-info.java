/** The segment format: ids, byte layout, decoder, encoder; see {@code docs/segment-format.md}. */
@NullMarked
package io.walreceiver.format;

import org.jspecify.annotations.NullMarked;
