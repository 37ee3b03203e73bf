package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.LogStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that lost its tail, and wrote other events under the numbers that its followers know already. */
class LostTailTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final int SEGMENT_EVENTS = 100;
    private static final long FOLLOWED = 10 * SEGMENT_EVENTS;
    private static final SignalSchema SCHEMA = SignalSchema.of(IntStream.range(0, 4)
            .mapToObj(type -> SignalType.permanent(type, "type" + type))
            .toList());

    @TempDir
    Path directory;

    private Path archive;
    private Path data;

    @BeforeEach
    void followTheFirstLeader() throws IOException {
        archive = Files.createDirectory(directory.resolve("archive"));
        data = directory.resolve("data");
        write(Segments.of(LOG).seed(1).next(10, SEGMENT_EVENTS));
        write(Segments.of(OTHER).seed(1).next(10, SEGMENT_EVENTS));
        follow(Optional.empty(), log -> log.durable() == FOLLOWED);
    }

    private void write(List<WalSegmentPayload> segments) throws IOException {
        for (WalSegmentPayload segment : segments) {
            Files.write(archive.resolve(segment.id().fileName()), segment.bytes());
        }
    }

    /** Loses the last two of ten segments, and writes four. */
    private void loseTheTail() throws IOException {
        write(Segments.of(LOG).seed(2).next(12, SEGMENT_EVENTS).subList(8, 12));
        write(Segments.of(OTHER).seed(1).next(12, SEGMENT_EVENTS).subList(10, 12));
    }

    /** Follows until the log is as it should be, and the other one has all; gives back how the log stood then. */
    private LogStatus follow(Optional<LeaderEpoch> epoch, Predicate<LogStatus> expected) throws IOException {
        DirectoryPublication.Builder publication = DirectoryPublication.builder(archive);
        epoch.ifPresent(reign -> publication.epoch(LOG, reign));
        TcpPublisher.Running publisher = Objects.requireNonNull(
                TcpPublisher.builder(publication.build()).build().start().block(SOON));
        SegmentReceiver receiver = SegmentReceiver.create(
                TcpTransport.builder().port(publisher.address().getPort()).build(),
                InMemorySignalLedger.create(SCHEMA),
                SCHEMA,
                Storage.directory(data));
        receiver.receive().subscribe();
        try (var files = Files.list(archive)) {
            long all = files.filter(file -> file.toString().contains("-00004-")).count() * SEGMENT_EVENTS;
            await().atMost(SOON)
                    .until(() -> receiver.status().log(LOG).filter(expected).isPresent()
                            && receiver.durable(OTHER).orElse(0) == all);
        }
        LogStatus stood = receiver.status().log(LOG).orElseThrow();
        receiver.stop(SOON).block(SOON);
        publisher.stop(false).block(SOON);
        return stood;
    }

    @Test
    void isCaughtByTheLastBatch() throws IOException {
        loseTheTail();

        LogStatus log = follow(Optional.empty(), status -> status.state() == LogState.DIVERGED);

        assertThat(log.applied()).isEqualTo(FOLLOWED);
        assertThat(log.durable()).isEqualTo(FOLLOWED);
        assertThat(log.cause().orElseThrow()).contains("receiver bootstrap");
        assertThat(log.epoch()).isEmpty();
    }

    @Test
    void isCaughtByItsEpochEvenIfTheLastBatchIsTheSame() throws IOException {
        LeaderEpoch later = new LeaderEpoch(2, FOLLOWED - 1);

        LogStatus log = follow(Optional.of(later), status -> status.state() == LogState.DIVERGED);

        assertThat(log.applied()).isEqualTo(FOLLOWED);
        assertThat(log.cause().orElseThrow()).contains("receiver bootstrap");
    }

    @Test
    void aLeaderThatWasReplacedIsNotFollowedAgain() throws IOException {
        follow(
                Optional.of(new LeaderEpoch(2, FOLLOWED)),
                status -> status.epoch().isPresent());
        write(Segments.of(LOG).seed(1).next(12, SEGMENT_EVENTS));

        LogStatus log = follow(Optional.of(new LeaderEpoch(1, 0)), status -> status.state() == LogState.FENCED);

        assertThat(log.applied()).isEqualTo(FOLLOWED);
    }

    @Test
    void oneThatLostNothingIsFollowed() throws IOException {
        write(Segments.of(LOG).seed(1).next(12, SEGMENT_EVENTS));

        LogStatus log =
                follow(Optional.of(new LeaderEpoch(1, FOLLOWED)), status -> status.applied() == 12 * SEGMENT_EVENTS);

        assertThat(log.state()).isEqualTo(LogState.RUNNING);
        assertThat(log.epoch()).contains(new LeaderEpoch(1, FOLLOWED));
    }
}
