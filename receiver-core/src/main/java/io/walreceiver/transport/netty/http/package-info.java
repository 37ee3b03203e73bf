/** Segments over HTTP: a follower that is pushed to by any HTTP client, and a leader's side that pushes. */
@NullMarked
package io.walreceiver.transport.netty.http;

import org.jspecify.annotations.NullMarked;
