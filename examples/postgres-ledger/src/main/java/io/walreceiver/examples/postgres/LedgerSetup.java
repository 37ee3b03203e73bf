package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Statement;
import io.walreceiver.format.LogId;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a follower does before it writes: tables are made, signal types compared, the ledger claimed, positions read. */
final class LedgerSetup {

    /** Makes followers that start at the same time come one after the other; any number that nobody else locks. */
    private static final String ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7402740374047405)";

    private static final String EXISTS = "SELECT to_regclass('ledger_claim') IS NOT NULL";
    private static final String STORED_SIGNALS = "SELECT signal, name, half_life FROM ledger_signal";
    private static final String STORE_SIGNAL = """
            INSERT INTO ledger_signal (signal, name, half_life, lambda_per_nano) VALUES ($1, $2, $3, $4)
            ON CONFLICT (signal) DO UPDATE SET name = EXCLUDED.name
            """;
    private static final String CLAIM =
            "UPDATE ledger_claim SET claim = claim + 1, follower = $1, claimed_at = now() RETURNING claim";

    private final SignalSchema schema;
    private final String follower;
    private final String tables;

    /**
     * What a follower has claimed.
     *
     * @param claim higher than any before
     * @param positions where each log stands; nobody else moves them any more
     */
    record Claimed(long claim, Map<LogId, Long> positions) {}

    private LedgerSetup(SignalSchema schema, String follower, String tables) {
        this.schema = schema;
        this.follower = follower;
        this.tables = tables;
    }

    /** Reads the script. */
    static LedgerSetup of(SignalSchema schema, String follower) {
        return new LedgerSetup(schema, follower, script());
    }

    /** Does all that, in the connection's transaction. Fails if the scores that are there mean something else under the schema. */
    Mono<Claimed> claim(Connection connection) {
        return Sql.rows(connection.createStatement(ONE_AT_A_TIME), row -> true)
                .then(Mono.defer(() -> createTables(connection)))
                .then(Mono.defer(() -> adopt(connection)))
                .then(Mono.defer(() -> claimed(connection)))
                .flatMap(claim -> PositionTable.all(connection).map(positions -> new Claimed(claim, positions)));
    }

    private Mono<Void> createTables(Connection connection) {
        return Sql.rows(connection.createStatement(EXISTS), row -> Sql.value(row, 0, Boolean.class))
                .single()
                .filter(exists -> !exists)
                .flatMap(missing -> Sql.update(connection.createStatement(tables)))
                .then();
    }

    private Mono<Void> adopt(Connection connection) {
        return Sql.rows(
                        connection.createStatement(STORED_SIGNALS),
                        row -> new SignalType(
                                Sql.integer(row, 0),
                                Sql.value(row, 1, String.class),
                                Optional.ofNullable(row.get(2, String.class)).map(Duration::parse)))
                .collectList()
                .map(stored -> SchemaDiff.between(comparable(SignalSchema.of(stored)), comparable(schema)))
                .flatMap(diff -> diff.compatible()
                        ? store(connection)
                        : Mono.error(
                                new IllegalStateException("the ledger has other signal types:\n" + diff.describe())));
    }

    /** Policies decide over events to come: they are the receiver's business, not the ledger's. */
    private static StoredSchema comparable(SignalSchema schema) {
        return new StoredSchema(schema, InvalidEventPolicy.HOLD, Duration.ZERO);
    }

    private Mono<Void> store(Connection connection) {
        return Flux.fromIterable(schema.types())
                .concatMap(type -> Sql.update(statement(connection, type)))
                .then();
    }

    private static Statement statement(Connection connection, SignalType type) {
        Statement statement = connection
                .createStatement(STORE_SIGNAL)
                .bind("$1", (short) type.index())
                .bind("$2", type.name())
                .bind("$4", type.lambdaPerNano());
        return type.halfLife()
                .map(life -> statement.bind("$3", life.toString()))
                .orElseGet(() -> statement.bindNull("$3", String.class));
    }

    private Mono<Long> claimed(Connection connection) {
        return Sql.rows(connection.createStatement(CLAIM).bind("$1", follower), row -> Sql.number(row, 0))
                .single();
    }

    private static String script() {
        try (InputStream sql = LedgerSetup.class.getResourceAsStream("ledger.sql")) {
            if (sql == null) {
                throw new IllegalStateException("ledger.sql is not in the jar");
            }
            return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
