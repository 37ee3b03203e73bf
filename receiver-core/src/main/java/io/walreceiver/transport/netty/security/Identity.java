package io.walreceiver.transport.netty.security;

import io.walreceiver.format.LogId;
import java.util.function.Predicate;

/**
 * Who is at the other end, and what he may do.
 *
 * @param name as the list of identities calls him; for logs and status
 * @param mayWrite the logs that he may send segments of
 * @param mayRead the logs that he may follow
 * @param admin whether he may do what an operator does
 */
public record Identity(String name, Predicate<LogId> mayWrite, Predicate<LogId> mayRead, boolean admin) {

    /** Where nobody is asked who he is. */
    public static final Identity ANYONE = new Identity("anyone", log -> true, log -> true, true);
}
