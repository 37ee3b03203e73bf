package io.walreceiver.transport.netty.tcp;

import java.time.Duration;

/** Checks of options. */
final class Options {

    static final int LARGEST_ARRAY = Integer.MAX_VALUE - 64;

    private Options() {}

    static void check(boolean holds, String option, String expected, Object found) {
        if (!holds) {
            throw new IllegalArgumentException(option + ": expected " + expected + ", found " + found);
        }
    }

    static void positive(String option, Duration time) {
        check(!time.isNegative() && !time.isZero(), option, "greater than zero", time);
    }
}
