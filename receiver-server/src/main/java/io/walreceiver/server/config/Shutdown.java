package io.walreceiver.server.config;

import java.time.Duration;

/**
 * How the service ends.
 *
 * @param deadline how long it may take
 */
public record Shutdown(
        @Setting(
                value =
                        "How long it may take after SIGTERM; what is not drained then is dropped, and will be sent again.",
                preset = "25s",
                least = "1s",
                most = "1h")
        Duration deadline) {}
