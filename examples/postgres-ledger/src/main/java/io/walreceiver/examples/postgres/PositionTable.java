package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Connection;
import io.walreceiver.format.LogId;
import java.time.OffsetDateTime;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * Where each log stands in the ledger. A position moves in the transaction that writes the events, and only from where this follower
 * believes it to be, and only as long as nobody has claimed the ledger since.
 */
final class PositionTable {

    /** The claim's row is locked: who claims the ledger waits for transactions that are under way, and then reads final positions. */
    private static final String MOVE = """
            WITH mine AS (SELECT FROM ledger_claim WHERE claim = $1 FOR SHARE)
            INSERT INTO ledger_position (region, shard, position)
            SELECT $2, $3, $5 FROM mine
            WHERE $4 = 0 OR EXISTS (SELECT FROM ledger_position WHERE region = $2 AND shard = $3)
            ON CONFLICT (region, shard) DO UPDATE SET position = EXCLUDED.position WHERE ledger_position.position = $4
            """;

    private static final String WHY_NOT = """
            SELECT claim, follower, claimed_at,
                coalesce((SELECT position FROM ledger_position WHERE region = $1 AND shard = $2), 0)
            FROM ledger_claim
            """;

    private static final String ALL = "SELECT region, shard, position FROM ledger_position";

    private final long claim;

    /**
     * What is there instead of what was expected.
     *
     * @param position of the log
     */
    record Found(long claim, String follower, OffsetDateTime claimedAt, long position) {}

    /** @param claim this follower's */
    PositionTable(long claim) {
        this.claim = claim;
    }

    /** The positions of all logs that have one. */
    static Mono<Map<LogId, Long>> all(Connection connection) {
        return Sql.rows(
                        connection.createStatement(ALL),
                        row -> Map.entry(new LogId(Sql.integer(row, 0), Sql.integer(row, 1)), Sql.number(row, 2)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /**
     * Moves a log's position, in the connection's transaction.
     *
     * @return empty if it was moved; else what is there, and nothing has changed. Fails with {@link TakenOverException}
     */
    Mono<Found> move(Connection connection, LogId log, long from, long through) {
        return Sql.update(connection
                        .createStatement(MOVE)
                        .bind("$1", claim)
                        .bind("$2", log.region())
                        .bind("$3", log.shard())
                        .bind("$4", from)
                        .bind("$5", through))
                .filter(rows -> rows == 0)
                .flatMap(notMoved -> whyNot(connection, log));
    }

    private Mono<Found> whyNot(Connection connection, LogId log) {
        return Sql.rows(
                        connection
                                .createStatement(WHY_NOT)
                                .bind("$1", log.region())
                                .bind("$2", log.shard()),
                        row -> new Found(
                                Sql.number(row, 0),
                                Sql.value(row, 1, String.class),
                                Sql.value(row, 2, OffsetDateTime.class),
                                Sql.number(row, 3)))
                .single()
                .flatMap(found -> found.claim() == claim
                        ? Mono.just(found)
                        : Mono.error(new TakenOverException(
                                found.follower() + " at " + found.claimedAt().toInstant())));
    }
}
