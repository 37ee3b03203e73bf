/** The data set that travels inside the jar. */
@NullMarked
package io.walreceiver.server.demo;

import org.jspecify.annotations.NullMarked;
