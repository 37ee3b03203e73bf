package io.walreceiver.examples.postgres;

/**
 * What scores and counts are kept of.
 *
 * @param entityId unsigned
 */
record Pair(int signalType, long entityId) {}
