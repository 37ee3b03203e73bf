package io.walreceiver.examples.postgres;

import static io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider.OPTIONS;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.walreceiver.examples.postgres.LedgerSetup.Claimed;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.SelfDurablePart;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.schema.SignalSchema;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A ledger in PostgreSQL: decayed scores, and counts of all events, per (signal, entity) pair. One transaction writes what a segment does
 * to the pairs of its log, and the log's position: so each event counts once, whatever is killed, restarted or resent.
 *
 * <pre>{@code
 * PostgresLedger.connect("r2dbc:postgresql://ledger:secret@db.example/signals", schema, "follower-1")
 *         .flatMapMany(ledger -> SegmentReceiver.create(transport, ledger, schema).receive())
 *         .subscribe();
 * }</pre>
 *
 * <p><b>One follower.</b> Who connects claims the ledger: the newest one writes, older ones fail with {@link TakenOverException}.
 *
 * <p><b>Positions.</b> What is known here of a log's position is a lower bound: after a connection was lost nobody knows whether the last
 * transaction was committed. The next one looks, and does not write what is there.
 *
 * <p><b>Threads.</b> Nothing blocks. Results come on event loops of the driver's, scores are computed on the parallel scheduler.
 */
public final class PostgresLedger implements SignalLedger {

    /** Transactions at a time; a log has one, reads take the others. */
    private static final int CONNECTIONS = 8;

    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

    /** For a server whose client has vanished without a word: nobody shall wait for its locks for hours. */
    private static final Map<String, String> SERVER_TIMEOUTS =
            Map.of("idle_in_transaction_session_timeout", "30s", "statement_timeout", "30s");

    private final ConnectionPool pool;
    private final Transactions transactions;
    private final PositionTable positionTable;
    private final PairTable pairTable;
    private final PairReads reads;
    private final ConcurrentMap<LogId, Long> positions;
    private final Sinks.Empty<Void> takenOver = Sinks.empty();

    private PostgresLedger(ConnectionPool pool, Transactions transactions, SignalSchema schema, Claimed claimed) {
        this.pool = pool;
        this.transactions = transactions;
        this.positionTable = new PositionTable(claimed.claim());
        this.pairTable = new PairTable(schema);
        this.reads = new PairReads(transactions, schema);
        this.positions = new ConcurrentHashMap<>(claimed.positions());
    }

    /**
     * Connects, makes the tables where there are none, and claims the ledger: whoever wrote to it before is refused from now on.
     *
     * @param url {@code r2dbc:postgresql://USER:PASSWORD@HOST/DATABASE}, with {@code ?schema=NAME} where the tables are not to lie in the
     *     user's default schema
     * @param schema the signal types; scores that are there must mean the same under it
     * @param follower who this is, for the message that another one gets
     * @return emits the ledger, to be {@link #close closed} at the end. Fails if the database cannot be reached, or holds other signal types;
     *     a cancel closes what was opened, as a failure does
     */
    public static Mono<PostgresLedger> connect(String url, SignalSchema schema, String follower) {
        return connect(ConnectionFactoryOptions.parse(url), schema, follower);
    }

    /** The same, with the driver's options. */
    public static Mono<PostgresLedger> connect(ConnectionFactoryOptions options, SignalSchema schema, String follower) {
        // Here and not later: they read files.
        LedgerSetup setup = LedgerSetup.of(schema, follower);
        ConnectionFactory server = ConnectionFactories.get(
                options.mutate().option(OPTIONS, SERVER_TIMEOUTS).build());
        return Mono.defer(() -> {
            ConnectionPool pool = pool(server);
            Transactions transactions = new Transactions(pool, TRANSACTION_TIMEOUT);
            return transactions
                    .run(setup::claim)
                    .map(claimed -> new PostgresLedger(pool, transactions, schema, claimed))
                    .onErrorResume(failure -> pool.disposeLater().then(Mono.error(failure)))
                    .doOnCancel(pool::dispose);
        });
    }

    private static ConnectionPool pool(ConnectionFactory server) {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(server)
                .initialSize(0)
                .maxSize(CONNECTIONS)
                .build());
    }

    /** Opens a part at the last position that is known, without a look at the database. */
    @Override
    public SelfDurablePart open(LogId log) {
        return new PostgresPart(log, this, positions.getOrDefault(log, 0L));
    }

    @Override
    public Set<LogId> logs() {
        return Set.copyOf(positions.keySet());
    }

    /**
     * Reads one pair.
     *
     * @param entityId unsigned
     * @param signalType any number
     * @param nowNanos the instant to read at, nanoseconds since the Unix epoch
     * @return emits what the ledger held at one moment; all zero, as of {@code nowNanos}, if the pair has no event. Fails if the
     *     database does; a cancel gives the connection back
     */
    public Mono<PairReading> read(long entityId, int signalType, long nowNanos) {
        return reads.pair(entityId, signalType, nowNanos);
    }

    /**
     * The pairs of a type with the highest scores. It reads all rows of the type.
     *
     * @param k how many at most, 0 or more
     * @return emits them by score descending, then by unsigned entity id ascending, of one moment; scores that differ in the last bits only
     *     may come in another order. Completes after the last; fails if the database does; a cancel gives the connection back
     */
    public Flux<PairReading> topByScore(int signalType, int k, long nowNanos) {
        return reads.top(signalType, k, nowNanos);
    }

    /**
     * Tells when this follower may write no more.
     *
     * @return fails with {@link TakenOverException} when a commit was refused because another follower has claimed the ledger; else it never
     *     ends. Any number of subscribers; cancel at will
     */
    public Mono<Void> takenOver() {
        return takenOver.asMono();
    }

    /** When subscribed to, closes the connections; completes when they are closed. After the receiver has ended. */
    public Mono<Void> close() {
        return pool.disposeLater();
    }

    /** One transaction: what the events after {@code from} do to the log's pairs, and the log's position. */
    Mono<Void> commit(LogId log, long from, long through, SegmentEffect effect) {
        return transactions
                .run(connection -> write(connection, log, from, through, effect))
                .doOnSuccess(done -> positions.put(log, through))
                .doOnError(TakenOverException.class, takenOver::tryEmitError);
    }

    private Mono<Void> write(Connection connection, LogId log, long from, long through, SegmentEffect effect) {
        return positionTable
                .move(connection, log, from, through)
                .switchIfEmpty(Mono.defer(() -> pairTable.apply(connection, log, effect))
                        .then(Mono.empty()))
                .doOnNext(instead -> checkCommitted(log, from, through, instead.position()))
                .then();
    }

    /** The position could not be moved, so it is not where it was expected: fine, if the very same was committed before. */
    private void checkCommitted(LogId log, long from, long through, long found) {
        if (found == through) {
            return;
        }
        String stands = "log " + log + ": the ledger in the database stands at event " + found + " where event " + from
                + " was expected: ";
        if (found < from) {
            throw new IllegalStateException(
                    stands
                            + "the database lost what it had confirmed, or was restored from a backup; start the follower again");
        }
        positions.put(log, found); // the part is opened there, and what follows comes again
        throw new IllegalStateException(
                stands + "a commit had succeeded whose answer was lost; the log goes on from there");
    }
}
