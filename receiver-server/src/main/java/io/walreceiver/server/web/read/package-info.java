/** The read API: scores, counts and velocity, rankings, and how the logs stand, no staler than the caller allows. */
@NullMarked
package io.walreceiver.server.web.read;

import org.jspecify.annotations.NullMarked;
