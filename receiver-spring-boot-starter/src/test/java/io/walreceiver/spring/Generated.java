package io.walreceiver.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.ledger.InMemorySignalLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The segments in {@code vectors/generated}: three logs, 27,687 events. */
public final class Generated {

    public static final Path WAL = Path.of(System.getProperty("vectors"), "generated", "wal");
    public static final List<LogId> LOGS = List.of(new LogId(1, 0), new LogId(1, 1), new LogId(1, 2));
    public static final long NOW = 1_767_960_000_000_000_000L;
    public static final Duration LONG = Duration.ofMinutes(2);

    private static final long EVENTS = 27_687;
    private static final long ALL_TIME_OF_ENTITY_0 = 365;

    /** Properties that name the four signal types. */
    public static final String[] SCHEMA = {
        "wal-receiver.schema.signals[0].type=0", "wal-receiver.schema.signals[0].name=view",
        "wal-receiver.schema.signals[0].half-life=7d", "wal-receiver.schema.signals[1].type=1",
        "wal-receiver.schema.signals[1].name=like", "wal-receiver.schema.signals[1].half-life=30d",
        "wal-receiver.schema.signals[2].type=2", "wal-receiver.schema.signals[2].name=share",
        "wal-receiver.schema.signals[2].half-life=1d", "wal-receiver.schema.signals[3].type=3",
        "wal-receiver.schema.signals[3].name=hide", "wal-receiver.schema.signals[3].half-life=1h"
    };

    /** Properties that name the directory as source. */
    public static final String SOURCE = "wal-receiver.sources[0].address=" + WAL;

    private Generated() {}

    /** Waits until all is applied. */
    public static void awaitAll(SegmentReceiver receiver) {
        await().atMost(LONG).until(() -> applied(receiver) == EVENTS);
    }

    /** Events applied of all logs. */
    public static long applied(SegmentReceiver receiver) {
        return LOGS.stream().mapToLong(log -> receiver.applied(log).orElse(0)).sum();
    }

    /** Looks at one value that was computed by an independent program. */
    public static void assertHoldsAll(InMemorySignalLedger ledger) {
        assertThat(ledger.read(0, 0, NOW).allTime()).isEqualTo(ALL_TIME_OF_ENTITY_0);
    }
}
