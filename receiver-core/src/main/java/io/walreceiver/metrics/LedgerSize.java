package io.walreceiver.metrics;

/**
 * What a ledger takes.
 *
 * @param bytes of memory
 * @param pairs (entity, signal) pairs, counted per log
 */
public record LedgerSize(long bytes, long pairs) {}
