package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A receiver's process is killed again and again, by how far it has got on disk. After each kill the leader forgets what was
 * acknowledged, so that whatever was acknowledged and lost is lost for good; in the end the ledger is the same, bit for bit.
 * {@code -Dkill.rounds=N} kills more often, {@code -Dkill.seed=S} repeats.
 */
class KillTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Path VECTORS = Path.of(System.getProperty("vectors"));
    private static final int KILLS_PER_DIRECTORY = 10;

    private enum Course {
        HISTORY_FROM_A_DIRECTORY("history", "reactor-core-history", "directory", 1_784_794_900_000_000_000L),
        GENERATED_FROM_A_DIRECTORY("four", "generated", "directory", 1_767_960_000_000_000_000L),
        HISTORY_FROM_A_LEADER("history", "reactor-core-history", "leader", 1_784_794_900_000_000_000L);

        final String schema;
        final Path wal;
        final String transport;
        final long now;

        Course(String schema, String folder, String transport, long now) {
            this.schema = schema;
            this.wal = VECTORS.resolve(folder).resolve("wal");
            this.transport = transport;
            this.now = now;
        }
    }

    @TempDir
    Path directory;

    private int directories;

    @Test
    @Timeout(3_600)
    void whateverWasAcknowledgedSurvivesSigkillAndNothingIsAppliedTwice() throws Exception {
        int rounds = Integer.getInteger("kill.rounds", 30);
        long seed = Long.getLong("kill.seed", System.nanoTime());
        System.out.println("kill: seed " + seed + ", repeat with -Dkill.seed=" + seed);
        Random random = new Random(seed);
        for (int kills = 0, run = 0; kills < rounds; run++) {
            int most = Math.min(KILLS_PER_DIRECTORY, rounds - kills);
            kills += run(Course.values()[run % Course.values().length], most, random);
        }
    }

    /** Kills as often as it is told or until all is done, then lets the receiver finish; returns how often it killed. */
    private int run(Course course, int most, Random random) throws Exception {
        Path base = Files.createDirectory(directory.resolve("run-" + directories++));
        Path segments = Files.createDirectory(base.resolve("segments"));
        Path data = base.resolve("data");
        Path said = base.resolve("said");
        List<WalSegmentPayload> all = SmallSegments.cut(SmallSegments.read(course.wal), 120, random);
        for (WalSegmentPayload segment : all) {
            Files.write(segments.resolve(segment.id().fileName()), segment.bytes());
        }
        Map<LogId, Long> acknowledged = new HashMap<>();
        long end = all.stream().mapToLong(WalSegmentPayload::eventCount).sum();
        int kills = 0;
        while (kills < most) {
            long from = progress(data);
            long left = Math.max(0, end - from);
            // The rest is spread over the kills to come; every fourth comes early: while it opens, recovers or has just
            // begun.
            long target = random.nextInt(4) == 0
                    ? from + random.nextInt(3)
                    : from + (long) (random.nextDouble() * 2 * left / (most - kills + 1));
            if (!runAndKill(course, segments, data, said, target, base.resolve("out"))) {
                break;
            }
            kills++;
            checkAndForget(all, segments, said, acknowledged);
        }
        if (kills == KILLS_PER_DIRECTORY) { // fewer may all have come too early for that
            assertThat(acknowledged)
                    .as("%s: something was acknowledged before the end", course)
                    .isNotEmpty();
        }
        finishAndCompare(course, all, segments, data);
        System.out.println("kill: " + course + ", " + kills + " kills");
        return kills;
    }

    /** False if it came to its end before it got that far. */
    private static boolean runAndKill(Course course, Path segments, Path data, Path said, long target, Path out)
            throws Exception {
        Process process = KilledReceiver.start(course.schema, course.transport, segments, data, said, out);
        try {
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() ->
                            !process.isAlive() || (KilledReceiver.uses(data, process) && progress(data) >= target));
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(process.exitValue())
                .as(() -> "killed, or done: " + text(out))
                .isIn(0, 137);
        return process.exitValue() == 137;
    }

    /** How many events are on disk, nearly: it grows as files are written, rolled and pruned. */
    private static long progress(Path data) {
        long progress = 0;
        for (Path log : list(data.resolve("logs"))) {
            progress +=
                    list(log).stream().mapToLong(KillTest::progressOfFile).max().orElse(0);
        }
        return progress;
    }

    private static long progressOfFile(Path file) {
        String name = file.getFileName().toString().replace(".open", "");
        return WalSegmentId.ofFileName(name)
                .map(id -> id.seqno() + size(file) / 30)
                .orElse(0L);
    }

    /** Nothing that was acknowledged is asked for again, and it is not to be had any more. */
    private static void checkAndForget(
            List<WalSegmentPayload> all, Path segments, Path said, Map<LogId, Long> acknowledged) throws IOException {
        acknowledged.clear(); // all of it is told once more
        String whole = text(said);
        for (String line :
                whole.substring(0, whole.lastIndexOf('\n') + 1).lines().toList()) {
            String[] word = line.split(" ");
            LogId log = LogId.parse(word[1]);
            long position = Long.parseLong(word[2]);
            if (word[0].equals("acknowledges")) {
                acknowledged.merge(log, position, Math::max);
            } else {
                assertThat(position)
                        .as("log %s starts from", log)
                        .isGreaterThanOrEqualTo(acknowledged.getOrDefault(log, 0L));
            }
        }
        for (WalSegmentPayload segment : all) {
            if (SmallSegments.lastSeq(segment) <= acknowledged.getOrDefault(segment.log(), 0L)) {
                Files.deleteIfExists(segments.resolve(segment.id().fileName()));
            }
        }
    }

    private static void finishAndCompare(Course course, List<WalSegmentPayload> all, Path segments, Path data) {
        SignalSchema schema = KilledReceiver.schema(course.schema);
        InMemorySignalLedger survivor = InMemorySignalLedger.create(schema);
        StopReport report = replay(SegmentReceiver.create(
                DirectoryTransport.of(segments), survivor, schema, KilledReceiver.storage(data)));
        assertThat(report.complete()).as(report::toString).isTrue();
        Storage memory = Storage.inMemory();
        InMemorySignalLedger plain = InMemorySignalLedger.create(schema);
        StopReport expected = replay(SegmentReceiver.create(DirectoryTransport.of(course.wal), plain, schema, memory));
        for (LogStatus log : expected.status().logs()) {
            assertThat(report.status().log(log.log()).orElseThrow().durable()).isEqualTo(log.applied());
        }
        assertThat(readings(survivor, course.now)).isNotEmpty().isEqualTo(readings(plain, course.now));
    }

    private static StopReport replay(SegmentReceiver receiver) {
        receiver.receive().blockLast(SOON);
        return receiver.stop(Duration.ZERO).block(SOON);
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger, long now) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(now, readings::add);
        return readings;
    }

    // ---- files, which another process renames and deletes meanwhile

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (UncheckedIOException | IOException gone) {
            return List.of();
        }
    }

    private static long size(Path file) {
        return new File(file.toString()).length();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
