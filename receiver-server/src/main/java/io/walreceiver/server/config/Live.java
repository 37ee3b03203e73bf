package io.walreceiver.server.config;

import java.time.Duration;

/**
 * Bounds of what is sent as it happens.
 *
 * @param maxClients streams at a time
 * @param patience how long a client may take to read one event
 * @param topEntities how many entities of each signal are shown
 * @param topPause least time between two scans of the ledger for those
 */
public record Live(
        @Setting(
                value = "Streams of server-sent events at a time; further ones are refused.",
                preset = "4096",
                least = "1")
        int maxClients,

        @Setting(
                value = "How long a client may take to read one event before its stream is closed.",
                preset = "30s",
                least = "1ms",
                most = "1h")
        Duration patience,

        @Setting(value = "How many entities of each signal are shown.", preset = "10", least = "1", most = "100")
        int topEntities,

        @Setting(
                value = "Least time between two scans of the ledger for those.",
                preset = "2s",
                least = "1ms",
                most = "1h")
        Duration topPause) {}
