package io.walreceiver.server.config;

import java.time.Duration;

/**
 * Bounds of what is sent as it happens.
 *
 * @param maxClients clients at a time
 * @param interval how often a client is told
 */
public record Live(
        @Setting(
                value = "Clients that listen to server-sent events at a time.",
                preset = "1000",
                least = "1",
                most = "1000000")
        int maxClients,

        @Setting(value = "How often a client is told what has changed.", preset = "500ms", least = "50ms", most = "1m")
        Duration interval) {}
