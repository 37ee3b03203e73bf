package io.walreceiver.server.config;

import java.time.Duration;

/**
 * Bounds of the read API.
 *
 * @param maxEntities entities in one query
 * @param maxReadings entities times signals in one query
 * @param maxBodyBytes size of one query
 * @param maxQueries queries at a time
 * @param maxK entities in one top list
 * @param concurrentTops top lists that are made at a time
 * @param waitingTops top lists that wait for their turn
 * @param maxWait longest that a read may wait for a position
 * @param maxWaiters positions that are waited for at a time
 */
public record Reads(
        @Setting(value = "Entities in one query.", preset = "1000", least = "1", most = "100000")
        int maxEntities,

        @Setting(value = "Entities times signals in one query.", preset = "10000", least = "1", most = "1000000")
        int maxReadings,

        @Setting(value = "Size of one query.", preset = "64KiB", least = "1KiB", most = "16MiB")
        int maxBodyBytes,

        @Setting(value = "Queries at a time; further ones are told to come again.", preset = "256", least = "1")
        int maxQueries,

        @Setting(value = "Entities in one top list.", preset = "1000", least = "1", most = "100000")
        int maxK,

        @Setting(
                value = "Top lists that are made at a time, each by a thread that goes through the whole ledger.",
                preset = "2",
                least = "1",
                most = "64")
        int concurrentTops,

        @Setting(
                value = "Top lists that wait for their turn; further ones are told to come again.",
                preset = "16",
                least = "0",
                most = "1000000")
        int waitingTops,

        @Setting(value = "Longest that a read may wait for a position.", preset = "5s", most = "5m")
        Duration maxWait,

        @Setting(
                value = "Positions that are waited for at a time; further ones are told to come again.",
                preset = "1024",
                least = "1")
        int maxWaiters) {}
