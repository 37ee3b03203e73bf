/**
 * The options of the service: immutable records that are at the same time the table of all options, and what reads them from the
 * command line, the environment and a file.
 */
@NullMarked
package io.walreceiver.server.config;

import org.jspecify.annotations.NullMarked;
