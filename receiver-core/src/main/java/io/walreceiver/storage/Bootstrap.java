package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.storage.CheckpointSource.Offer;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskLock;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.KnownPositions;
import io.walreceiver.storage.records.Marker;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts logs of a data directory from the checkpoints of another follower: where a leader has forgotten the events before, or a log
 * has another history. A receiver that starts there afterwards recovers at their positions and asks for what follows.
 *
 * <pre>{@code
 * Bootstrap.into(Path.of("/var/lib/receiver")).build().from(CheckpointSource.of(StoredData.in(other)));
 * }</pre>
 *
 * <p>Each checkpoint is fetched into a folder beside those of the logs, goes on there where an earlier run was cut, and is read back and
 * checked in full; then the log it replaces is put aside, and the folder gets its name. A crash at any step leaves of each log what it
 * was, or nothing, or what was to be installed; run again, it goes on. No other log is touched.
 *
 * <p>Immutable. Methods block.
 */
public final class Bootstrap {

    private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);
    private static final int TRIES = 3;

    private final Builder options;
    private final Disk disk;
    private final Path directory;

    private Bootstrap(Builder options) {
        this.options = options;
        this.disk = options.disk;
        this.directory = options.directory;
    }

    /**
     * Options for a directory.
     *
     * @param directory made if it does not exist; the one it lies in must
     */
    public static Builder into(Path directory) {
        return new Builder(directory.toAbsolutePath().normalize());
    }

    /**
     * A log that was installed.
     *
     * @param position the last event that it holds now
     * @param replaced where the log that was there before lies now; empty if there was none, or it was dropped
     */
    public record Installed(LogId log, long position, Optional<Path> replaced) {}

    /** Told how far it is, on the thread that it runs on. */
    @FunctionalInterface
    public interface Progress {

        /**
         * Some more was fetched.
         *
         * @param log which log's checkpoint is being fetched
         * @param bytes how much there is of all of them
         * @param totalBytes how much there will be
         */
        void fetched(LogId log, long bytes, long totalBytes);
    }

    /**
     * Installs what a source offers.
     *
     * @return the logs that were installed, in order; empty if nothing is offered that is wanted
     * @throws StorageException if the directory cannot be used, or what is stored there was applied under another schema
     * @throws IllegalArgumentException if a log that was asked for is not offered, or holds more than is offered: then the message says
     *     what to do, and nothing was changed
     * @throws IOException if something cannot be fetched, is damaged, or cannot be written; logs that were installed before stay so
     */
    public List<Installed> from(CheckpointSource source) throws IOException {
        Marker marker = Marker.parse(Path.of("the source's " + Marker.FILE), source.marker());
        Map<LogId, Offer> offers = byLog(source.offers());
        checkOffered(offers.keySet());
        DiskLock lock = DirectoryLock.take(disk, directory, options.clock);
        try (lock) {
            prepare(marker);
            List<Offer> chosen = choose(offers.values());
            long total = chosen.stream().mapToLong(Offer::sizeBytes).sum();
            List<Installed> installed = new ArrayList<>();
            long before = 0;
            for (Offer offer : chosen) {
                installed.add(install(offer, source, before, total));
                before += offer.sizeBytes();
            }
            return installed;
        }
    }

    /** In order; the newest, should there be two of one. */
    private static Map<LogId, Offer> byLog(List<Offer> offers) {
        Map<LogId, Offer> byLog = new TreeMap<>();
        offers.forEach(offer ->
                byLog.merge(offer.log(), offer, (one, other) -> one.position() >= other.position() ? one : other));
        return byLog;
    }

    private void checkOffered(Set<LogId> offered) {
        for (LogId log : options.logs) {
            if (!offered.contains(log)) {
                throw new IllegalArgumentException(
                        "log " + log + ": expected a checkpoint of it, found that the source offers "
                                + offered
                                + "; use another source, or follow the log from its first event");
            }
        }
    }

    /** As a receiver does when it takes a directory into use. */
    private void prepare(Marker offered) throws IOException {
        Optional<StoredData> there = StoredData.find(disk, directory);
        boolean begun = disk.exists(DataLayout.logs(directory)); // made after the marker
        if (there.isEmpty() && begun) {
            throw new StorageException(
                    Reason.DAMAGED,
                    "data directory " + directory + " holds logs, but its file " + Marker.FILE
                            + " is gone: restore it from a backup, or name another directory");
        }
        if (there.isEmpty() || !begun) {
            new Marker(Marker.CURRENT, offered.stored()).write(disk, directory);
        } else {
            SchemaDiff diff = SchemaDiff.between(there.get().schema(), offered.stored());
            if (!diff.same()) {
                throw new StorageException(
                        Reason.OTHER_SCHEMA,
                        "data directory " + directory + " is under another schema than the source:\n" + diff.describe()
                                + "\nbring both to the same one (receiver schema apply), or name a new directory");
            }
        }
        if (!begun) {
            DataLayout.create(disk, DataLayout.logs(directory));
        }
        disk.syncDirectory(directory);
        disk.syncDirectory(DataLayout.logs(directory));
        LogDrop.finish(disk, directory);
    }

    private List<Offer> choose(Collection<Offer> offers) throws IOException {
        List<Offer> chosen = new ArrayList<>();
        for (Offer offer : offers) {
            StoredLog here = new StoredLog(disk, directory, offer.log());
            boolean asked = options.logs.contains(offer.log());
            if (asked) {
                checkNotAhead(offer, here.read().position());
            }
            if (asked || options.logs.isEmpty() && holdsNothing(here)) {
                chosen.add(offer);
            }
        }
        return chosen;
    }

    private static boolean holdsNothing(StoredLog log) throws IOException {
        return log.checkpoints().isEmpty() && log.files().stream().allMatch(file -> file.sizeBytes() == 0);
    }

    private void checkNotAhead(Offer offer, long position) {
        if (position > offer.position() && !options.force) {
            throw new IllegalArgumentException("log " + offer.log() + " in " + directory + " holds its events through "
                    + position + ": expected a checkpoint of it that goes at least as far, found one at event "
                    + offer.position() + "; wait for a newer one, or force it, and what lies beyond is put aside");
        }
    }

    private Installed install(Offer first, CheckpointSource source, long before, long total) throws IOException {
        LogId log = first.log();
        Offer offer = first;
        for (int tries = 1; ; tries++) {
            try {
                StagedLog staged = new StagedLog(disk, directory, offer);
                staged.fetch(source, bytes -> options.progress.fetched(log, before + bytes, total));
                Optional<Path> replaced = swap(log, offer.position(), staged.folder());
                LOG.info("log {}: installed {} at event {}", log, offer.name(), offer.position());
                return new Installed(log, offer.position(), replaced);
            } catch (NoSuchFileException e) { // there is a newer one by now
                if (tries == TRIES) {
                    throw e;
                }
                offer = byLog(source.offers()).getOrDefault(log, offer);
            }
        }
    }

    /** What is known to be durable goes first and comes last: no step leaves a log that seems to lack what it should have. */
    private Optional<Path> swap(LogId log, long position, Path staged) throws IOException {
        remember(log, 0);
        Path folder = DataLayout.log(directory, log);
        Optional<Path> replaced = Optional.empty();
        if (disk.exists(folder)) {
            Optional<Epoch> followed = Epoch.read(disk, folder);
            if (followed.isPresent()) { // a leader that was replaced is still not to be followed
                followed.get().write(disk, staged);
            }
            replaced = putAside(log, folder);
        }
        disk.rename(staged, folder);
        disk.syncParent(folder);
        remember(log, position);
        return replaced;
    }

    private Optional<Path> putAside(LogId log, Path folder) throws IOException {
        if (options.drops || disk.list(folder).isEmpty()) {
            LogDrop.drop(disk, directory, log);
            return Optional.empty();
        }
        int number = 1;
        while (disk.exists(DataLayout.replaced(directory, log, number))) {
            number++;
        }
        Path aside = DataLayout.replaced(directory, log, number);
        disk.rename(folder, aside);
        disk.syncParent(aside);
        LOG.info("log {}: what was there lies in {}; delete it when nobody needs it", log, aside);
        return Optional.of(aside);
    }

    /** @param position 0 for nothing */
    private void remember(LogId log, long position) throws IOException {
        KnownPositions known = known();
        Map<LogId, Long> durable = new HashMap<>(known.durable());
        durable.remove(log);
        if (position > 0) {
            durable.put(log, position);
        }
        if (!durable.equals(known.durable())) {
            new KnownPositions(known.cleanStop(), durable).write(disk, directory);
        }
    }

    private KnownPositions known() throws IOException {
        try {
            return KnownPositions.read(disk, directory).orElse(new KnownPositions(true, Map.of()));
        } catch (DamagedFileException e) { // less is known then, and nothing is lost
            return new KnownPositions(false, Map.of());
        }
    }

    /** Options of a {@link Bootstrap}. Not for use by several threads. */
    public static final class Builder {

        private final Path directory;
        private Disk disk = Disk.ofOperatingSystem();
        private Clock clock = Clock.systemUTC();
        private Set<LogId> logs = Set.of();
        private boolean force;
        private boolean drops;
        private Progress progress = (log, bytes, total) -> {};

        private Builder(Path directory) {
            this.directory = directory;
        }

        private Builder(Builder other) {
            directory = other.directory;
            disk = other.disk;
            clock = other.clock;
            logs = other.logs;
            force = other.force;
            drops = other.drops;
            progress = other.progress;
        }

        /** The disk that it lies on. Default: the operating system's. */
        public Builder disk(Disk disk) {
            this.disk = disk;
            return this;
        }

        /** Tells since when the directory has an owner. Default: the system's. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** The logs to install; what is there of them is replaced. Default: every log that is offered of which nothing is there. */
        public Builder logs(Collection<LogId> logs) {
            this.logs = new TreeSet<>(logs);
            return this;
        }

        /** Whether a log that was asked for is replaced even if it holds more than is offered. Default false. */
        public Builder force(boolean force) {
            this.force = force;
            return this;
        }

        /** Whether what is replaced is dropped, not put aside ({@link StoredData#replaced}). Default false. */
        public Builder dropsReplaced(boolean drops) {
            this.drops = drops;
            return this;
        }

        /** Told how far it is. Default: nobody. */
        public Builder onProgress(Progress progress) {
            this.progress = progress;
            return this;
        }

        /** What is to be done; nothing is touched yet. */
        public Bootstrap build() {
            return new Bootstrap(new Builder(this));
        }
    }
}
