package io.walreceiver.server.web.live;

/**
 * How many segments became what, since the program started.
 *
 * @param events events that were new, of the applied ones
 */
record OutcomeCounts(long events, long applied, long duplicate, long refused, long deferred, long abandoned) {

    static final OutcomeCounts NONE = new OutcomeCounts(0, 0, 0, 0, 0, 0);

    OutcomeCounts plus(OutcomeCounts more) {
        return new OutcomeCounts(
                events + more.events,
                applied + more.applied,
                duplicate + more.duplicate,
                refused + more.refused,
                deferred + more.deferred,
                abandoned + more.abandoned);
    }

    long segments() {
        return applied + duplicate + refused + deferred + abandoned;
    }
}
