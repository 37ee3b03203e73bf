package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** How fast, beside the built-in ledger: {@code -Dspeed.events=N} for more events, of four logs on 50,000 entities. */
class SpeedTest {

    private static final int LOGS = 4;
    private static final int WARM_UPS = 1;

    private final PostgresServer server = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(ints = {500, 5_000})
    void eventsPerSecond(int eventsPerSegment) {
        int events = Integer.getInteger("speed.events", 20_000);
        List<WalSegmentPayload> segments = segments(events, eventsPerSegment);
        double builtIn = 0;
        double table = 0;
        String url = "";
        for (int run = 0; run <= WARM_UPS; run++) {
            builtIn = rate(events, segments, InMemorySignalLedger.create(Model.SCHEMA));
            url = server.newSchema();
            PostgresLedger ledger =
                    PostgresLedger.connect(url, Model.SCHEMA, "speed").block();
            table = rate(events, segments, ledger);
            ledger.close().block();
        }
        System.out.printf(
                "%,d events, %,d a segment: built-in ledger %,.0f events/s, PostgreSQL %,.0f events/s, 1 : %.0f%n",
                events, eventsPerSegment, builtIn, table, builtIn / table);
        assertThat(Tables.read(server, url).events()).isEqualTo(events);
    }

    /** The logs in turns. */
    private static List<WalSegmentPayload> segments(int events, int eventsPerSegment) {
        List<Segments> logs = IntStream.range(0, LOGS)
                .mapToObj(shard -> Segments.of(new LogId(1, shard)).seed(shard).entities(50_000))
                .toList();
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (int i = 0; i < events / eventsPerSegment; i++) {
            segments.add(logs.get(i % LOGS).next(eventsPerSegment));
        }
        return segments;
    }

    private static double rate(int events, List<WalSegmentPayload> segments, SignalLedger ledger) {
        long start = System.nanoTime();
        SegmentReceiver.create(Transport.of(Flux.fromIterable(segments)), ledger, Model.SCHEMA)
                .receive()
                .blockLast();
        return events * 1e9 / (System.nanoTime() - start);
    }
}
