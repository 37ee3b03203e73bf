/** The receiver as a program: see {@code docs/cli.md}. */
@NullMarked
package io.walreceiver.server;

import org.jspecify.annotations.NullMarked;
