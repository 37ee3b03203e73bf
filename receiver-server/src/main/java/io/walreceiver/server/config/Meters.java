package io.walreceiver.server.config;

/**
 * What is measured.
 *
 * @param maxLogSeries logs that have series of their own
 */
public record Meters(
        @Setting(
                value = "Logs that have series of their own in /metrics; the rest is summed up.",
                preset = "500",
                least = "0",
                most = "100000")
        int maxLogSeries) {}
