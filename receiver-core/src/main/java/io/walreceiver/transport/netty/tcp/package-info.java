/** Logs over TCP: a publication at one end, a transport at the other, and the protocol between them. */
@NullMarked
package io.walreceiver.transport.netty.tcp;

import org.jspecify.annotations.NullMarked;
