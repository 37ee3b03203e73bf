package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentEncoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

/**
 * Whole logs through the receiver, cut and delivered in every way that leaves all of their events somewhere, against what an
 * independent program computed. The history is real: the public git history of a project, as signals on its files.
 */
class RealDataTest {

    private static final Path VECTORS = Path.of(System.getProperty("vectors"));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final SignalSchema HISTORY = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));

    enum DataSet {
        GENERATED("generated", Schemas.FOUR_TYPES, 27_687, 1767960000000000000L),
        WINDOWS("windows", Schemas.FOUR_TYPES, 0, 0),
        EPOCH("windows/epoch", Schemas.FOUR_TYPES, 0, 0),
        REACTOR_CORE_HISTORY("reactor-core-history", HISTORY, 66_210, 1784794900000000000L);

        private final Path folder;
        private final SignalSchema schema;
        private final long events;
        private final long now;

        DataSet(String folder, SignalSchema schema, long events, long now) {
            this.folder = VECTORS.resolve(folder);
            this.schema = schema;
            this.events = events;
            this.now = now;
        }

        /** The expected files by the instant they are of. */
        Map<Long, Path> expected() {
            Map<Long, Path> files = new TreeMap<>();
            for (Path file : list(folder)) {
                String name = file.getFileName().toString();
                if (name.startsWith("expected")) {
                    String instant = name.replaceAll("\\D", "");
                    files.put(instant.isEmpty() ? now : Long.parseLong(instant), file);
                }
            }
            assertThat(files).isNotEmpty();
            return files;
        }
    }

    enum Delivery {
        IN_ORDER,
        INTERLEAVED,
        SHUFFLED,
        TWICE,
        RECUT,
        OVERLAPPING,
        CORRUPT_COPIES_FIRST,
        EVERYTHING_AT_ONCE;

        List<WalSegmentPayload> of(SortedMap<LogId, List<WalSegmentPayload>> logs, Random random) {
            List<List<WalSegmentPayload>> each = new ArrayList<>();
            logs.forEach((log, segments) -> each.add(ofOne(log, segments, random)));
            return this == IN_ORDER ? each.stream().flatMap(List::stream).toList() : interleave(each, random);
        }

        private List<WalSegmentPayload> ofOne(LogId log, List<WalSegmentPayload> segments, Random random) {
            return switch (this) {
                case IN_ORDER, INTERLEAVED -> segments;
                case SHUFFLED -> shuffle(segments, random);
                case TWICE -> twice(segments, random);
                case RECUT -> recut(log, segments, 0, random);
                case OVERLAPPING -> recut(log, segments, 150, random);
                case CORRUPT_COPIES_FIRST ->
                    segments.stream()
                            .flatMap(segment -> Stream.of(Leader.corrupt(segment), segment))
                            .toList();
                case EVERYTHING_AT_ONCE -> shuffle(twice(recut(log, segments, 150, random), random), random);
            };
        }
    }

    static Stream<Arguments> deliveries() {
        long fresh = System.nanoTime(); // printed as part of the name of the test
        return Stream.of(DataSet.values())
                .flatMap(data -> Stream.of(Delivery.values())
                        .flatMap(delivery -> Stream.of(
                                Arguments.of(data, delivery, 20261122L), Arguments.of(data, delivery, fresh))));
    }

    @ParameterizedTest(name = "{0} {1}, seed {2}")
    @MethodSource("deliveries")
    void theLedgerHoldsWhatIsExpectedHoweverTheLogsAreCutAndDelivered(DataSet data, Delivery delivery, long seed) {
        SortedMap<LogId, List<WalSegmentPayload>> logs = read(data.folder.resolve("wal"));
        long events = logs.values().stream()
                .flatMap(List::stream)
                .mapToLong(WalSegmentPayload::eventCount)
                .sum();
        assertThat(events).isPositive().matches(count -> data.events == 0 || count == data.events);
        List<WalSegmentPayload> segments = delivery.of(logs, new Random(seed));
        InMemorySignalLedger ledger = InMemorySignalLedger.create(data.schema);
        SegmentReceiver receiver =
                SegmentReceiver.create(new ScriptedTransport(Flux.fromIterable(segments)), ledger, data.schema);

        Long outcomes = receiver.receive().count().block(SOON);

        assertThat(outcomes).isEqualTo(segments.size());
        StopReport report = receiver.stop(SOON).block();
        assertThat(report.complete()).as("%s", report).isTrue();
        assertThat(report.outcomes().appliedEvents()).isEqualTo(events);
        assertThat(report.outcomes().abandoned() + report.outcomes().deferred()).isZero();
        data.expected().forEach((now, file) -> assertHolds(ledger, file, now));
    }

    private static void assertHolds(InMemorySignalLedger ledger, Path file, long now) {
        Map<String, SignalReading> readings = new HashMap<>();
        ledger.forEach(
                now,
                reading ->
                        readings.put(Long.toUnsignedString(reading.entityId()) + "," + reading.signalType(), reading));
        List<String> rows = lines(file);
        assertThat(readings).as("pairs of %s", file).hasSize(rows.size() - 1);
        for (String row : rows.subList(1, rows.size())) {
            String[] column = row.split(",");
            SignalReading reading = readings.get(column[0] + "," + column[1]);
            assertThat(reading).as(row).isNotNull();
            assertThat(reading.allTime()).as(row).isEqualTo(Long.parseLong(column[2]));
            assertThat(reading.lastHour()).as(row).isEqualTo(Long.parseLong(column[3]));
            assertThat(reading.lastDay()).as(row).isEqualTo(Long.parseLong(column[4]));
            assertThat(reading.lastWeek()).as(row).isEqualTo(Long.parseLong(column[5]));
            assertThat(reading.score())
                    .as(row)
                    .isCloseTo(Double.parseDouble(column[6]), within(1e-9 * Double.parseDouble(column[7]) + 1e-280));
        }
    }

    // ---- deliveries

    private static List<WalSegmentPayload> shuffle(Collection<WalSegmentPayload> segments, Random random) {
        List<WalSegmentPayload> shuffled = new ArrayList<>(segments);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** Each segment, and once more somewhere after it. */
    private static List<WalSegmentPayload> twice(List<WalSegmentPayload> segments, Random random) {
        List<WalSegmentPayload> twice = new ArrayList<>(segments);
        for (WalSegmentPayload segment : segments) {
            int at = twice.indexOf(segment);
            twice.add(at + 1 + random.nextInt(twice.size() - at), segment);
        }
        return twice;
    }

    private static List<WalSegmentPayload> interleave(List<List<WalSegmentPayload>> logs, Random random) {
        List<Integer> turns = new ArrayList<>();
        for (int log = 0; log < logs.size(); log++) {
            turns.addAll(Collections.nCopies(logs.get(log).size(), log));
        }
        Collections.shuffle(turns, random);
        int[] next = new int[logs.size()];
        return turns.stream().map(log -> logs.get(log).get(next[log]++)).toList();
    }

    private record Event(long entityId, int signalType, float weight, long nanos, long batchNanos) {}

    /** The same events in other segments of other batches, each starting up to {@code overlap} events before it needs to. */
    private static List<WalSegmentPayload> recut(
            LogId log, List<WalSegmentPayload> segments, int overlap, Random random) {
        List<Event> events = events(segments);
        List<WalSegmentPayload> cut = new ArrayList<>();
        for (int end = 0; end < events.size(); ) {
            int start = overlap == 0 ? end : Math.max(0, end - random.nextInt(overlap + 1));
            end = Math.min(events.size(), end + 1 + random.nextInt(events.size() / 20 + 1));
            SegmentEncoder encoder = new SegmentEncoder(log, 1 + random.nextInt(2), BatchHasher.bouncyCastle());
            for (int from = start; from < end; ) {
                int to = Math.min(end, from + 1 + random.nextInt(250));
                List<Event> batch = events.subList(from, to);
                encoder.beginBatch(
                        from + 1L,
                        batch.stream().mapToLong(Event::batchNanos).max().orElseThrow());
                batch.forEach(event -> encoder.event(event.entityId, event.signalType, event.weight, event.nanos));
                encoder.endBatch();
                from = to;
            }
            cut.add(encoder.finish());
        }
        return cut;
    }

    private static List<Event> events(List<WalSegmentPayload> segments) {
        List<Event> events = new ArrayList<>();
        for (WalSegmentPayload segment : segments) {
            SegmentView view = SegmentDecoder.decode(segment);
            for (int b = 0; b < view.batchCount(); b++) {
                EventBatch batch = view.batch(b);
                for (int i = 0; i < batch.count(); i++) {
                    events.add(new Event(
                            batch.entityId(i),
                            batch.signalType(i),
                            batch.weight(i),
                            batch.timestampNanos(i),
                            batch.batchTimestampNanos()));
                }
            }
        }
        return events;
    }

    // ---- files

    private static SortedMap<LogId, List<WalSegmentPayload>> read(Path wal) {
        SortedMap<LogId, List<WalSegmentPayload>> logs = new TreeMap<>();
        for (Path file : list(wal)) {
            WalSegmentId id =
                    WalSegmentId.ofFileName(file.getFileName().toString()).orElseThrow();
            byte[] bytes = bytes(file);
            logs.computeIfAbsent(id.log(), any -> new ArrayList<>())
                    .add(new WalSegmentPayload(id, bytes, SegmentDecoder.countEvents(bytes)));
        }
        return logs;
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
