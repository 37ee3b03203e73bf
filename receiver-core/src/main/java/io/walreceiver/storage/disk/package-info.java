/**
 * Files, as far as durability needs them. {@link io.walreceiver.storage.disk.Disk} is the whole of what storage does to a machine:
 * the tests put a simulated one in its place, which loses power, tears writes and fails syncs.
 */
@NullMarked
package io.walreceiver.storage.disk;

import org.jspecify.annotations.NullMarked;
