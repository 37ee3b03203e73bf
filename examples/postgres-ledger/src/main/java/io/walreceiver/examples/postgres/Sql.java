package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Statements as Reactor's types. */
final class Sql {

    private Sql() {}

    /** Runs it; emits how many rows it changed. */
    static Mono<Long> update(Statement statement) {
        return Flux.from(statement.execute()).concatMap(Result::getRowsUpdated).reduce(0L, Long::sum);
    }

    /** Runs it; emits a value for each row. */
    static <T> Flux<T> rows(Statement statement, Function<Readable, T> row) {
        return Flux.from(statement.execute()).concatMap(result -> result.map(row));
    }

    static int integer(Readable row, int column) {
        return value(row, column, Integer.class);
    }

    static long number(Readable row, int column) {
        return value(row, column, Long.class);
    }

    static double real(Readable row, int column) {
        return value(row, column, Double.class);
    }

    /** A column that is never null. */
    static <T> T value(Readable row, int column, Class<T> type) {
        T value = row.get(column, type);
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }
}
