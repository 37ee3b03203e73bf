package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Work on connections of the pool. */
final class Transactions {

    private final ConnectionFactory pool;
    private final Duration timeout;

    /** @param timeout how long a transaction may take, waiting for a connection included */
    Transactions(ConnectionFactory pool, Duration timeout) {
        this.pool = pool;
        this.timeout = timeout;
    }

    /**
     * Does some work in a transaction.
     *
     * @return when subscribed to, begins; completes when it is committed, and fails if it is not, or if that is not known: the connection
     *     may be lost between the commit and its answer. A cancel rolls back what was not committed
     */
    <T> Mono<T> run(Function<Connection, Mono<T>> work) {
        return Mono.usingWhen(
                        pool.create(),
                        connection -> Mono.usingWhen(
                                Mono.from(connection.beginTransaction()).thenReturn(connection),
                                work,
                                Connection::commitTransaction,
                                (begun, failure) -> rolledBack(begun),
                                Connection::rollbackTransaction),
                        Connection::close)
                .timeout(
                        timeout,
                        Mono.error(() -> new IllegalStateException("the database has not answered within " + timeout)));
    }

    /** Its own failure, of a connection that was lost, would hide why; the server rolls back by itself then. */
    private static Mono<Void> rolledBack(Connection begun) {
        return Mono.from(begun.rollbackTransaction()).onErrorComplete();
    }

    /** A query by itself. */
    <T> Flux<T> read(Function<Connection, Publisher<T>> query) {
        return Flux.usingWhen(pool.create(), query, Connection::close);
    }
}
