package io.walreceiver.spring;

import io.walreceiver.ReceiverOptions;

/**
 * Changes the options of the receiver before it is made; a bean of this type is called after the configuration was applied, several of them in
 * their order. For what no property says: the policy for invalid events, schedulers.
 */
@FunctionalInterface
public interface ReceiverOptionsCustomizer {

    /** Changes the options. */
    void customize(ReceiverOptions.Builder options);
}
