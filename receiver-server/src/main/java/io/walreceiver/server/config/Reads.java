package io.walreceiver.server.config;

import java.time.Duration;

/**
 * Bounds of the read API.
 *
 * @param maxEntities entities in one request
 * @param maxK entities in one answer of a ranking
 * @param maxWait how long a read may wait for a position
 * @param maxWaiters reads that wait at a time
 * @param maxConcurrentTopK rankings that are computed at a time
 */
public record Reads(
        @Setting(value = "Entities in one request.", preset = "1000", least = "1", most = "100000")
        int maxEntities,

        @Setting(value = "Entities in one answer of a ranking.", preset = "1000", least = "1", most = "100000")
        int maxK,

        @Setting(value = "How long a read may wait for a position.", preset = "10s", most = "10m")
        Duration maxWait,

        @Setting(
                value = "Reads that wait at a time; further ones are told to come again.",
                preset = "1000",
                least = "1",
                most = "1000000")
        int maxWaiters,

        @Setting(value = "Rankings that are computed at a time.", preset = "2", least = "1", most = "1024")
        int maxConcurrentTopK) {}
