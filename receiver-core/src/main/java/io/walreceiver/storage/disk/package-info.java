/** Files, as far as durability needs them. */
@NullMarked
package io.walreceiver.storage.disk;

import org.jspecify.annotations.NullMarked;
