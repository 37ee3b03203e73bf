/** Looks into a segment file, also into a broken one. */
@NullMarked
package io.walreceiver.server.inspect;

import org.jspecify.annotations.NullMarked;
