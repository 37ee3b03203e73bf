package io.walreceiver.server.web.live;

import java.time.Duration;

/**
 * Bounds of what is shown live.
 *
 * @param maxClients most streams at a time, 1 or more; further ones are answered with status 503. Default 4,096
 * @param patience how long a client may take to read one event before its stream is closed; more than 0. Default 30 s
 * @param topEntities how many entities of each signal are shown, 1..100. Default 10
 * @param topPause least time between two scans of the ledger, more than 0; a scan that takes long is followed by a longer pause. Default
 *     2 s
 */
public record LiveOptions(int maxClients, Duration patience, int topEntities, Duration topPause) {

    private static final int MOST_ENTITIES = 100;

    public LiveOptions {
        if (maxClients < 1) {
            throw new IllegalArgumentException("maxClients is " + maxClients + ": must be 1 or more");
        }
        if (topEntities < 1 || topEntities > MOST_ENTITIES) {
            throw new IllegalArgumentException("topEntities is " + topEntities + ": must be 1.." + MOST_ENTITIES);
        }
        positive("patience", patience);
        positive("topPause", topPause);
    }

    /** All at their defaults. */
    public static LiveOptions defaults() {
        return new LiveOptions(4096, Duration.ofSeconds(30), 10, Duration.ofSeconds(2));
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ": must be more than 0");
        }
    }
}
