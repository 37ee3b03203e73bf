package io.walreceiver.test;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.DataLayout;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.records.Marker;
import io.walreceiver.storage.wal.LogAppender;
import io.walreceiver.transport.publication.FollowerTerms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/**
 * What a published data directory gives to a follower. Its segments are not those that were received, but here they are: one batch
 * each, and no more than that is taken.
 */
class DataPublicationTest implements FlowControlContract {

    private static final StoredSchema SCHEMA = new StoredSchema(
            SignalSchema.of(SignalType.permanent(0, "view")), InvalidEventPolicy.HOLD, Duration.ofHours(1));
    private static final Disk DISK = Disk.ofOperatingSystem();

    @TempDir
    Path root;

    @Override
    public Source source(List<WalSegmentPayload> written, long windowBytesPerLog, boolean ended) {
        FollowerTerms terms = new FollowerTerms(windowBytesPerLog, (int) TransportCases.SEGMENT_BYTES, log -> true);
        try {
            Path data = Files.createTempDirectory(root, "data");
            Map<LogId, Long> durable = store(data, written);
            if (ended) {
                LockedData locked = LockedData.take(data);
                DataPublication atRest = DataPublication.atRest(locked, true, log -> Optional.empty());
                return Source.of(atRest.follower(terms), () -> {}, () -> {
                    atRest.close();
                    locked.close();
                });
            }
            DataPublication live = DataPublication.live(
                    StoredData.in(data), log -> durable.getOrDefault(log, 0L), Flux.never(), log -> Optional.empty());
            return Source.of(live.follower(terms), live::close, live::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<LogId, Long> store(Path data, List<WalSegmentPayload> written) throws IOException {
        new Marker(Marker.CURRENT, SCHEMA).write(DISK, data);
        Files.createDirectory(DataLayout.logs(data));
        Map<LogId, LogAppender> appenders = new HashMap<>();
        Map<LogId, Long> durable = new HashMap<>();
        for (WalSegmentPayload payload : written) {
            Path folder = DataLayout.log(data, payload.log());
            Files.createDirectories(folder);
            SegmentView segment = SegmentDecoder.decode(payload);
            LogAppender appender = appenders.computeIfAbsent(
                    payload.log(),
                    log -> new LogAppender(DISK, folder, log, 2_000, 0, Optional.empty(), BatchHasher.fastest()));
            appender.append(segment, segment.firstSeq());
            durable.put(payload.log(), segment.lastSeq());
        }
        for (LogAppender appender : appenders.values()) {
            appender.sync();
            appender.close();
        }
        return durable;
    }

    /** What is in a data directory was verified, and is again before it is sent. */
    @Override
    public void corruptSegmentsArriveAsTheyAre() {}

    /** Nor does such a gap come from here. */
    @Override
    public void aGapThatCannotHealEnds() {}
}
