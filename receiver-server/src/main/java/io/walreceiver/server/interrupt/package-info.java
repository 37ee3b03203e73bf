/** What to do when the program is interrupted. */
@NullMarked
package io.walreceiver.server.interrupt;

import org.jspecify.annotations.NullMarked;
