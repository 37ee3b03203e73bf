/** Who is at the other end of a connection, what he may do, and how nobody else listens in. */
@NullMarked
package io.walreceiver.transport.netty.security;

import org.jspecify.annotations.NullMarked;
