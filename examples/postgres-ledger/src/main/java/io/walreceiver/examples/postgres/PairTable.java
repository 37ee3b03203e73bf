package io.walreceiver.examples.postgres;

import io.r2dbc.spi.Connection;
import io.walreceiver.format.LogId;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.util.Arrays;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Writes the effect of segments to {@code ledger_pair}: the rows they change are read, and written back, many in one statement. */
final class PairTable {

    /** What one statement carries at the most. */
    private static final int PAIRS_PER_STATEMENT = 4_000;

    private static final String READ = """
            SELECT k.at::integer, p.score, p.last_nanos, p.events
            FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS k (signal, entity, at)
            JOIN ledger_pair p ON p.signal = k.signal AND p.entity = k.entity AND p.region = $3 AND p.shard = $4
            """;

    private static final String WRITE = """
            INSERT INTO ledger_pair (signal, entity, region, shard, score, last_nanos, events)
            SELECT k.signal, k.entity, $3, $4, k.score, k.last_nanos, k.events
            FROM unnest($1::smallint[], $2::bigint[], $5::double precision[], $6::bigint[], $7::bigint[])
                AS k (signal, entity, score, last_nanos, events)
            ON CONFLICT (signal, entity, region, shard) DO UPDATE
                SET score = EXCLUDED.score, last_nanos = EXCLUDED.last_nanos, events = EXCLUDED.events
            """;

    private final SignalSchema schema;

    private record StoredAt(int at, PairState state) {}

    PairTable(SignalSchema schema) {
        this.schema = schema;
    }

    /** Applies a segment, in the connection's transaction; the caller sees to it that nobody else writes this log's rows. */
    Mono<Void> apply(Connection connection, LogId log, SegmentEffect effect) {
        return Flux.fromIterable(effect.pairs())
                .buffer(PAIRS_PER_STATEMENT)
                .concatMap(pairs -> apply(connection, log, pairs))
                .then();
    }

    private Mono<Long> apply(Connection connection, LogId log, List<PairEvents> pairs) {
        Short[] signals = new Short[pairs.size()];
        Long[] entities = new Long[pairs.size()];
        for (int i = 0; i < signals.length; i++) {
            signals[i] = (short) pairs.get(i).pair().signalType();
            entities[i] = pairs.get(i).pair().entityId();
        }
        return stored(connection, log, signals, entities)
                .publishOn(Schedulers.parallel()) // computing is not for the connection's event loop
                .map(states -> applied(pairs, states))
                .flatMap(states -> write(connection, log, signals, entities, states));
    }

    private static Mono<PairState[]> stored(Connection connection, LogId log, Short[] signals, Long[] entities) {
        PairState[] states = new PairState[signals.length];
        Arrays.fill(states, PairState.NONE);
        return Sql.rows(
                        connection
                                .createStatement(READ)
                                .bind("$1", signals)
                                .bind("$2", entities)
                                .bind("$3", log.region())
                                .bind("$4", log.shard()),
                        row -> new StoredAt(
                                Sql.integer(row, 0),
                                new PairState(Sql.real(row, 1), Sql.number(row, 2), Sql.number(row, 3))))
                .doOnNext(found -> states[found.at() - 1] = found.state())
                .then(Mono.just(states));
    }

    private PairState[] applied(List<PairEvents> pairs, PairState[] states) {
        PairState[] next = new PairState[states.length];
        for (int i = 0; i < next.length; i++) {
            PairEvents events = pairs.get(i);
            next[i] = events.appliedTo(states[i], lambda(events.pair().signalType()));
        }
        return next;
    }

    private double lambda(int signalType) {
        return schema.type(signalType).map(SignalType::lambdaPerNano).orElseThrow();
    }

    private static Mono<Long> write(
            Connection connection, LogId log, Short[] signals, Long[] entities, PairState[] states) {
        return Sql.update(connection
                .createStatement(WRITE)
                .bind("$1", signals)
                .bind("$2", entities)
                .bind("$3", log.region())
                .bind("$4", log.shard())
                .bind("$5", Arrays.stream(states).map(PairState::score).toArray(Double[]::new))
                .bind("$6", Arrays.stream(states).map(PairState::lastNanos).toArray(Long[]::new))
                .bind("$7", Arrays.stream(states).map(PairState::events).toArray(Long[]::new)));
    }
}
