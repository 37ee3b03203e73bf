/** BLAKE3 over many batches at once. */
@NullMarked
package io.walreceiver.checksum;

import org.jspecify.annotations.NullMarked;
