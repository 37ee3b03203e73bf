package io.walreceiver.server.admin;

/**
 * A refused segment that is kept aside no more.
 *
 * @param log as {@code region:shard}
 * @param kept what was known of it
 */
public record KeptDropped(String log, KeptJson kept) {}
