/** What people see: output streams, colours, numbers, bars and progress. */
@NullMarked
package io.walreceiver.server.console;

import org.jspecify.annotations.NullMarked;
