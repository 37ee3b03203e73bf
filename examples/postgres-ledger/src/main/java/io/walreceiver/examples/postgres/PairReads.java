package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Readable;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads of {@code ledger_pair}. Each is one statement, so it sees one moment of the whole ledger. */
final class PairReads {

    private static final String PAIR = """
            SELECT entity, score, last_nanos, events FROM ledger_pair
            WHERE signal = $1 AND entity = $2 ORDER BY region, shard
            """;

    /** Unsigned order: negative numbers are the large ones. */
    private static final String TOP = """
            WITH part AS (
                SELECT entity, score, last_nanos, max(last_nanos) OVER (PARTITION BY entity) AS newest
                FROM ledger_pair WHERE signal = $1),
            hot AS (
                SELECT entity, sum(ledger_decayed(score, $2 * (greatest($3, newest) - last_nanos))) AS score
                FROM part GROUP BY entity
                ORDER BY score DESC, entity < 0, entity LIMIT $4)
            SELECT p.entity, p.score, p.last_nanos, p.events
            FROM hot h JOIN ledger_pair p ON p.signal = $1 AND p.entity = h.entity
            ORDER BY h.score DESC, h.entity < 0, h.entity, p.region, p.shard
            """;

    private final Transactions transactions;
    private final SignalSchema schema;

    private record Row(long entityId, PairState state) {}

    PairReads(Transactions transactions, SignalSchema schema) {
        this.transactions = transactions;
        this.schema = schema;
    }

    Mono<PairReading> pair(long entityId, int signalType, long nowNanos) {
        return transactions
                .read(connection -> Sql.rows(
                        connection
                                .createStatement(PAIR)
                                .bind("$1", (short) signalType)
                                .bind("$2", entityId),
                        PairReads::row))
                .collectList()
                .map(rows -> reading(new Pair(signalType, entityId), rows, nowNanos));
    }

    Flux<PairReading> top(int signalType, int k, long nowNanos) {
        return transactions
                .read(connection -> Sql.rows(
                        connection
                                .createStatement(TOP)
                                .bind("$1", (short) signalType)
                                .bind("$2", lambda(signalType))
                                .bind("$3", nowNanos)
                                .bind("$4", k),
                        PairReads::row))
                .bufferUntilChanged(Row::entityId)
                .map(rows -> reading(new Pair(signalType, rows.get(0).entityId()), rows, nowNanos));
    }

    private PairReading reading(Pair pair, List<Row> rows, long nowNanos) {
        return PairReading.of(pair, rows.stream().map(Row::state).toList(), lambda(pair.signalType()), nowNanos);
    }

    /** A type that is not in the schema has no rows either. */
    private double lambda(int signalType) {
        return schema.type(signalType).map(SignalType::lambdaPerNano).orElse(0.0);
    }

    private static Row row(Readable row) {
        return new Row(Sql.number(row, 0), new PairState(Sql.real(row, 1), Sql.number(row, 2), Sql.number(row, 3)));
    }
}
