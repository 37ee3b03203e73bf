/** The commands of the command line, one class each. */
@NullMarked
package io.walreceiver.server.command;

import org.jspecify.annotations.NullMarked;
