package io.walreceiver.server.demo;

import io.walreceiver.format.LogId;
import io.walreceiver.server.demo.DemoStory.Page;
import io.walreceiver.server.output.NewFile;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A leader in this process: it writes the story into an archive, at its pace, and publishes that as any leader does, over TCP. Its clock
 * is the story's: what it stamps and tells is when things happened then, so that lag is what a follower of that time would have had. When
 * the story is through it writes nothing more, and goes on publishing.
 */
public final class DemoLeader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DemoLeader.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(2);

    private final List<Page> pages;
    private final Path archive;
    private final int pace;
    private final Runnable through;
    private final StoryClock clock;
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "demo-leader");
        thread.setDaemon(true);
        return thread;
    });
    private final TcpPublisher.Running publisher;
    private long startedNanos;
    private long written;
    private int next;

    private DemoLeader(DemoStory story, Path archive, int pace, Runnable through, Map<LogId, Long> written)
            throws IOException {
        this.pages = story.pages();
        this.archive = archive;
        this.pace = pace;
        this.through = through;
        this.clock = new StoryClock(story.begins());
        catchUpWith(written);
        this.publisher = Objects.requireNonNull(
                TcpPublisher.builder(DirectoryPublication.builder(archive).build())
                        .host("127.0.0.1")
                        .port(0)
                        .heartbeatInterval(HEARTBEAT)
                        .clock(clock)
                        .build()
                        .start()
                        .block());
    }

    /**
     * Starts to write.
     *
     * @param archive an empty directory
     * @param pace events a second, 1 or more
     * @param written how much of each log its follower has from an earlier leader: that is written at once
     * @param through called when all is written, on the leader's thread
     * @throws IOException if the archive cannot be written
     */
    public static DemoLeader start(DemoStory story, Path archive, int pace, Map<LogId, Long> written, Runnable through)
            throws IOException {
        DemoLeader leader = new DemoLeader(story, archive, pace, through, written);
        leader.startedNanos = System.nanoTime();
        leader.writer.scheduleAtFixedRate(leader::write, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        return leader;
    }

    /** Where it publishes. */
    public InetSocketAddress address() {
        return publisher.address();
    }

    /** What time it is in the story. */
    public Clock clock() {
        return clock;
    }

    @Override
    public void close() {
        writer.shutdownNow();
        publisher.stop(false).block(STOP);
        try {
            writer.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void catchUpWith(Map<LogId, Long> followed) throws IOException {
        int last = -1;
        for (int i = 0; i < pages.size(); i++) {
            Page page = pages.get(i);
            if (page.firstSeq() <= followed.getOrDefault(page.segment().id().log(), 0L)) {
                last = i;
            }
        }
        while (next <= last) {
            writeNext();
        }
    }

    private void write() {
        try {
            long due = (long) ((System.nanoTime() - startedNanos) / 1e9 * pace);
            while (next < pages.size() && written <= due) {
                written += pages.get(next).events();
                writeNext();
            }
            if (next == pages.size()) {
                writer.shutdown();
                through.run();
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.error("the demo's leader cannot write its archive, and stops: {}", archive, e);
            writer.shutdown();
        }
    }

    private void writeNext() throws IOException {
        Page page = pages.get(next);
        NewFile.write(
                archive.resolve(page.segment().id().fileName()),
                out -> out.write(page.segment().bytes()));
        clock.now = page.time();
        next++;
    }

    /** Stands at the last thing that happened. */
    private static final class StoryClock extends Clock {

        private volatile Instant now;

        StoryClock(Instant begins) {
            this.now = begins;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.fixed(now, zone);
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
