package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.test.Segments;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The follower is killed at any instruction, again and again: {@code -Dkill.rounds=N} times, {@code -Dkill.seed=N} to repeat. */
class KillTest {

    private static final int SEGMENTS = 150;
    private static final int EVENTS = 60;

    private final PostgresServer server = PostgresServer.shared();

    @TempDir
    Path wal;

    @Test
    void afterEachKillTheTablesAreThoseOfThePrefixThatThePositionsSay() throws IOException {
        int rounds = Integer.getInteger("kill.rounds", 4);
        long seed = Long.getLong("kill.seed", System.nanoTime());
        System.out.println("kill.seed=" + seed + ", kill.rounds=" + rounds);
        Random random = new Random(seed);
        String url = server.newSchema();
        Map<LogId, Segments> logs = new LinkedHashMap<>();
        for (int shard = 0; shard < 3; shard++) {
            LogId log = new LogId(1, shard);
            logs.put(log, Model.write(log, seed + shard, SEGMENTS, EVENTS, wal));
        }
        long all = 3L * SEGMENTS * EVENTS;

        for (int round = 0; round < rounds; round++) {
            if (Tables.exist(server, url) && Tables.read(server, url).events() == all) {
                url = server.newSchema(); // it got to the end before it was killed: once more
            }
            try (Child child = Child.start(ReplayingChild.class, url, wal.toString())) {
                readLines(child, random.nextInt(2 * 3 * SEGMENTS / Math.max(3, rounds)));
                LockSupport.parkNanos(random.nextInt(5_000_000)); // somewhere within a transaction
                child.kill();
            }
            assertExact(url, logs, "seed " + seed + ", after kill " + round);
        }
        try (Child child = Child.start(ReplayingChild.class, url, wal.toString())) {
            child.awaitLine("end");
        }
        assertThat(Tables.read(server, url).events()).as("seed %d", seed).isEqualTo(all);
        assertExact(url, logs, "seed " + seed + ", at the end");
    }

    private static void readLines(Child child, int lines) throws IOException {
        for (int i = 0; i <= lines && child.output().readLine() != null; i++) {}
    }

    private void assertExact(String url, Map<LogId, Segments> logs, String when) {
        Tables tables = Tables.read(server, url);
        assertThat(tables.events())
                .as(when)
                .isEqualTo(tables.positions().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        tables.assertEqual(Model.of(logs, tables.positions()), Model.SCHEMA, when);
        System.out.println(when + ": " + tables.positions());
    }
}
