package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import java.util.Map;

/**
 * A follower that is connected to a publisher.
 *
 * @param node what it calls itself, by its own word
 * @param identity who it is, as the list of identities says
 * @param remote where it comes from, address and port
 * @param acknowledged per log that it is sent: everything through this event is durable there
 * @param sentBytes of segments, on this connection
 */
public record FollowerStatus(
        String node, String identity, String remote, Map<LogId, Long> acknowledged, long sentBytes) {

    public FollowerStatus {
        acknowledged = Map.copyOf(acknowledged);
    }
}
