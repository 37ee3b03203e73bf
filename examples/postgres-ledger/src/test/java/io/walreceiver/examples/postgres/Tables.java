package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is in the tables, read without the code under test where that matters. */
record Tables(Map<LogId, Long> positions, Map<Pair, List<PairState>> pairs) {

    static boolean exist(PostgresServer server, String url) {
        String table = PostgresServer.schemaOf(url) + ".ledger_position";
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            return row.next() && row.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of one moment. */
    static Tables read(PostgresServer server, String url) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL search_path TO " + PostgresServer.schemaOf(url));
            return new Tables(positions(statement), pairs(statement));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<LogId, Long> positions(Statement statement) throws SQLException {
        Map<LogId, Long> positions = new TreeMap<>();
        try (ResultSet row = statement.executeQuery("SELECT region, shard, position FROM ledger_position")) {
            while (row.next()) {
                positions.put(new LogId(row.getInt(1), row.getInt(2)), row.getLong(3));
            }
        }
        return positions;
    }

    private static Map<Pair, List<PairState>> pairs(Statement statement) throws SQLException {
        Map<Pair, List<PairState>> pairs = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery("SELECT signal, entity, score, last_nanos, events FROM ledger_pair"
                + " ORDER BY signal, entity, region, shard")) {
            while (row.next()) {
                pairs.computeIfAbsent(new Pair(row.getInt(1), row.getLong(2)), pair -> new ArrayList<>())
                        .add(new PairState(row.getDouble(3), row.getLong(4), row.getLong(5)));
            }
        }
        return pairs;
    }

    long events() {
        return pairs.values().stream()
                .flatMap(List::stream)
                .mapToLong(PairState::events)
                .sum();
    }

    /** Every pair of the model, and no other, with its bits. */
    void assertEqual(InMemorySignalLedger model, SignalSchema schema, String description) {
        long now = model.newestEventNanos() + 3_600_000_000_000L;
        List<PairReading> expected = new ArrayList<>();
        model.forEach(
                now,
                pair -> expected.add(new PairReading(
                        pair.entityId(), pair.signalType(), pair.asOfNanos(), pair.score(), pair.allTime())));
        List<PairReading> found = new ArrayList<>();
        pairs.forEach((pair, byLog) -> found.add(PairReading.of(
                pair,
                byLog,
                schema.type(pair.signalType()).map(SignalType::lambdaPerNano).orElseThrow(),
                now)));
        assertThat(found).as(description).containsExactlyInAnyOrderElementsOf(expected);
    }
}
