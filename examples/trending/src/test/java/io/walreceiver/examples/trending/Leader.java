package io.walreceiver.examples.trending;

import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A leader with the demo's data: its archive grows as a test wants it, and is published over TCP. */
final class Leader implements AutoCloseable {

    static final Path VECTORS = Path.of(System.getProperty("vectors")).resolve("reactor-core-history");

    private final List<WalSegmentPayload> story;
    private final Path archive;
    private final TcpPublisher.Running publisher;
    private int written;

    private Leader(List<WalSegmentPayload> story, Path archive, TcpPublisher.Running publisher) {
        this.story = story;
        this.archive = archive;
        this.publisher = publisher;
    }

    /** A leader that has written nothing yet. */
    static Leader start(Path archive) throws IOException {
        TcpPublisher.Running publisher = TcpPublisher.builder(
                        DirectoryPublication.builder(archive).build())
                .host("127.0.0.1")
                .heartbeatInterval(Duration.ofMillis(100))
                .build()
                .start()
                .block();
        return new Leader(story(), archive, Objects.requireNonNull(publisher));
    }

    /** All segments, in turns from each log. */
    private static List<WalSegmentPayload> story() throws IOException {
        List<WalSegmentPayload> segments = new ArrayList<>();
        try (Stream<Path> files = Files.list(VECTORS.resolve("wal"))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                WalSegmentId id =
                        WalSegmentId.ofFileName(file.getFileName().toString()).orElseThrow();
                segments.add(new WalSegmentPayload(id, bytes, SegmentDecoder.countEvents(bytes)));
            }
        }
        segments.sort(Comparator.comparingLong(
                        (WalSegmentPayload segment) -> segment.id().seqno())
                .thenComparing(WalSegmentPayload::log));
        return segments;
    }

    String address() {
        return "tcp://127.0.0.1:" + publisher.address().getPort();
    }

    /** Writes the next segments, or what is left. */
    void write(int segments) throws IOException {
        for (int last = Math.min(story.size(), written + segments); written < last; written++) {
            WalSegmentPayload segment = story.get(written);
            Path draft = Files.write(archive.resolve("draft"), segment.bytes());
            Files.move(draft, archive.resolve(segment.id().fileName()), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    void writeAll() throws IOException {
        write(story.size());
    }

    /** How many events it has written. */
    long events() {
        return written().stream().mapToLong(WalSegmentPayload::eventCount).sum();
    }

    List<WalSegmentPayload> written() {
        return story.subList(0, written);
    }

    void stop() {
        publisher.stop(false).block();
    }

    @Override
    public void close() {
        stop();
    }
}
