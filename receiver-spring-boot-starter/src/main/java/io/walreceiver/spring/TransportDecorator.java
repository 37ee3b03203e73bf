package io.walreceiver.spring;

import io.walreceiver.transport.Transport;

/** Puts something around the transport before the receiver gets it; each bean of this type does, in their order. */
@FunctionalInterface
public interface TransportDecorator {

    /**
     * Decorates a transport.
     *
     * @param transport the application's, or one that was decorated before
     * @return passes on whatever it does not do itself, as a {@link io.walreceiver.transport.ForwardingTransport} does
     */
    Transport decorate(Transport transport);
}
