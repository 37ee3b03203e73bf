package io.walreceiver.server.command;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Progress;
import io.walreceiver.server.replay.Replay;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.replay.SegmentFiles;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.directory.SegmentReadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Replays directories for a command: checks them first, shows progress, and tells afterwards which logs stopped short. */
final class DirectoryReplay {

    private static final long MEGABYTE = 1_000_000;
    private static final int MOST_REFUSED_TOLD = 10;

    private final Console console;
    private final List<Path> directories;
    private final SegmentFiles files;

    DirectoryReplay(Console console, List<Path> directories) throws IOException {
        this.console = console;
        directories.forEach(Arguments::directory);
        this.directories = Arguments.distinct(console, directories);
        this.files = SegmentFiles.in(this.directories);
        if (files.sizes().isEmpty()) {
            throw CommandFailure.usage(
                    "no segments in " + directories.get(0) + (directories.size() > 1 ? " or the others" : ""),
                    "name a directory that holds files such as " + new WalSegmentId(1, 0, 1).fileName());
        }
    }

    /**
     * Replays everything once, into an empty ledger. The receiver's own warnings are kept back: they would run across the
     * progress bar, and {@link #tell} says the same.
     */
    Replayed run(SignalSchema schema) {
        try (ReplayProgress progress = new ReplayProgress()) {
            Replay replay = new Replay(schema, progress);
            return run(replay, files::bytes, receiver -> Mono.empty());
        }
    }

    /** Replays what is not in a data directory yet, once that has been recovered. */
    Replayed run(DataInUse data) {
        try (ReplayProgress progress = new ReplayProgress()) {
            return run(data.replay(progress), progress::bytes, data::showRecovery);
        }
    }

    private Replayed run(Replay replay, LongSupplier bytes, Function<SegmentReceiver, Mono<Void>> meanwhile) {
        DirectoryTransport transport = DirectoryTransport.of(directories.toArray(Path[]::new));
        try {
            return Quiet.run(() -> replay.run(transport, bytes, meanwhile));
        } catch (SegmentReadException e) {
            throw CommandFailure.failed(
                    String.valueOf(e.getMessage()), "put the file right, and run the command again");
        }
    }

    /** Counts each segment once, and shows how far that is from the first outcome on: a recovery before it shows its own. */
    private final class ReplayProgress implements Consumer<SegmentOutcome>, AutoCloseable {

        private final Set<WalSegmentId> seen = new HashSet<>();
        private @Nullable Progress progress;
        private long bytes;

        @Override
        public void accept(SegmentOutcome outcome) {
            if (progress == null) {
                progress = Progress.on(console, "replaying", "MB", MEGABYTE, files.bytes());
            }
            if (seen.add(outcome.segment())) {
                long size = files.bytes(outcome.segment());
                bytes += size;
                progress.advance(size);
            }
        }

        /** Of the segments that were delivered. */
        long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }

    /** Says on standard error what was refused and which logs stopped short, and gives the exit code. */
    int tell(Replayed replayed) {
        tellHealed(replayed);
        return new StoppedLogs(console, this::files).tell(replayed);
    }

    /** A refused copy that did no harm, since a good one came too, deserves a look all the same. */
    private void tellHealed(Replayed replayed) {
        replayed.refused().values().stream()
                .filter(fault -> replayed.report()
                        .status()
                        .log(fault.segment().log())
                        .map(log -> fault.segment().seqno() <= log.applied())
                        .orElse(false))
                .limit(MOST_REFUSED_TOLD)
                .forEach(fault -> console.warning("a copy was refused, and a good one applied: " + fault.describe()
                        + "; see " + StoppedLogs.names(files(fault.segment()))));
    }

    private List<Path> files(WalSegmentId segment) {
        return SegmentFiles.of(segment, directories);
    }
}
