package io.walreceiver.server.web.read;

import java.time.Duration;

/**
 * Bounds of the read API.
 *
 * @param maxEntities most entities of a query; default 1,000, 1 to 100,000
 * @param maxReadings most entities times signals of a query; default 10,000, 1 to 1,000,000
 * @param maxBodyBytes most bytes of a query; default 64 KiB, 1 KiB to 16 MiB
 * @param maxQueries most queries at a time, from the first byte of the body on; further ones are answered with status 429; default 256,
 *     1 or more
 * @param maxK most entities of a top list; default 1,000, 1 to 100,000
 * @param concurrentTops how many top lists are made at a time, each by a thread that goes through the whole ledger; default 2, 1 to 64
 * @param waitingTops how many more may wait for their turn; further ones are answered with status 429; default 16, 0 or more
 * @param maxWait longest that a read waits for a position, longer waits are refused; default 5 s, 0 to 5 min
 * @param maxWaiters most positions that are waited for at a time; further ones are answered with status 429; default 1,024, 1 or more
 */
public record ReadOptions(
        int maxEntities,
        int maxReadings,
        int maxBodyBytes,
        int maxQueries,
        int maxK,
        int concurrentTops,
        int waitingTops,
        Duration maxWait,
        int maxWaiters) {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final ReadOptions DEFAULTS =
            new ReadOptions(1_000, 10_000, 64 << 10, 256, 1_000, 2, 16, Duration.ofSeconds(5), 1_024);

    /** @throws IllegalArgumentException if one is out of its range */
    public ReadOptions {
        range("maxEntities", maxEntities, 1, 100_000);
        range("maxReadings", maxReadings, 1, 1_000_000);
        range("maxBodyBytes", maxBodyBytes, 1 << 10, 16 << 20);
        range("maxQueries", maxQueries, 1, Integer.MAX_VALUE);
        range("maxK", maxK, 1, 100_000);
        range("concurrentTops", concurrentTops, 1, 64);
        range("waitingTops", waitingTops, 0, 1_000_000);
        range("maxWaiters", maxWaiters, 1, Integer.MAX_VALUE);
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("maxWait is " + maxWait + ": must be 0 to " + LONGEST_WAIT);
        }
    }

    /** All defaults. */
    public static ReadOptions defaults() {
        return DEFAULTS;
    }

    private static void range(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " is " + value + ": must be " + least + " to " + most);
        }
    }
}
