package io.walreceiver.server.config;

/**
 * Bounds of what operators may have done.
 *
 * @param maxActions actions at a time
 * @param maxDownloads refused segments that are sent at a time
 */
public record Admin(
        @Setting(
                value = "Actions at a time; further ones are told to come again.",
                preset = "8",
                least = "1",
                most = "1000")
        int maxActions,

        @Setting(
                value = "Refused segments that are sent at a time, each in memory.",
                preset = "2",
                least = "1",
                most = "100")
        int maxDownloads) {}
