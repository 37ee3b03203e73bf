/** Checks segment files without applying them. */
@NullMarked
package io.walreceiver.server.verify;

import org.jspecify.annotations.NullMarked;
