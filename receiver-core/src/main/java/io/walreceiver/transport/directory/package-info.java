/** Segments from the files of a directory. */
@NullMarked
package io.walreceiver.transport.directory;

import org.jspecify.annotations.NullMarked;
