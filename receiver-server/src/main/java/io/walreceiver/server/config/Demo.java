package io.walreceiver.server.config;

/**
 * A leader inside, with real data.
 *
 * @param enabled whether there is one
 * @param pace events a second that it writes
 */
public record Demo(
        @Setting(
                value = "Follow a leader inside this process, which replays the public git history of reactor-core.",
                preset = "false")
        boolean enabled,

        @Setting(value = "Events a second that it writes.", preset = "300", least = "1", most = "1000000")
        int pace) {}
