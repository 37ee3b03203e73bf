package io.walreceiver.storage;

import io.walreceiver.storage.CheckpointSource.Offer;
import io.walreceiver.storage.checkpoint.Checkpoint;
import io.walreceiver.storage.checkpoint.CheckpointReader;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.records.DamagedFileException;
import io.walreceiver.storage.records.Skips;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A log's folder while it is being made, beside those of the logs: a checkpoint that is fetched, resumed where it was cut, and its
 * skips. It gets the log's name when all of it is verified and durable.
 */
final class StagedLog {

    private static final int PIECE_BYTES = 1 << 20;

    private final Disk disk;
    private final Path folder;
    private final Offer offer;
    private final Checkpoint checkpoint;
    private final Checkpoint part;

    /**
     * @throws IOException if the offer's name is not that of a checkpoint
     */
    StagedLog(Disk disk, Path directory, Offer offer) throws IOException {
        this.disk = disk;
        this.folder = DataLayout.staged(directory, offer.log());
        this.offer = offer;
        this.checkpoint = Checkpoint.named(folder, offer.log(), offer.name(), offer.sizeBytes())
                .filter(named -> named.position() == offer.position() && offer.sizeBytes() > 0)
                .orElseThrow(() -> new IOException("log " + offer.log() + ": the source offers '"
                        + offer.name().replaceAll("\\p{Cntrl}", "?") + "' of " + offer.sizeBytes() + " bytes at event "
                        + offer.position() + ", which is no checkpoint; use another source"));
        // The size is in the name: a part of another file is not gone on with.
        this.part = new Checkpoint(
                checkpoint.log(),
                checkpoint.position(),
                checkpoint.number(),
                folder.resolve(offer.name() + "." + offer.sizeBytes() + ".part"),
                checkpoint.sizeBytes());
    }

    /** Where it lies. */
    Path folder() {
        return folder;
    }

    /**
     * Makes the folder whole and durable.
     *
     * @param fetched told how many bytes of the checkpoint there are
     * @throws IOException if what the source sends is not a checkpoint, or cannot be had or written
     */
    void fetch(CheckpointSource source, LongConsumer fetched) throws IOException {
        makeFolder();
        Skips skips = verified(checkpoint);
        if (skips == null) {
            boolean resumed = download(source, fetched);
            skips = verified(part);
            if (skips == null && resumed) { // the beginning was not what it seemed to be: a crash leaves anything
                download(source, fetched);
                skips = verified(part);
            }
            if (skips == null) {
                throw new IOException("log " + offer.log() + ": " + offer.name() + " came in full, " + offer.sizeBytes()
                        + " bytes, and is not a whole checkpoint: its checksums are not those of its bytes; run it again, or"
                        + " use another source");
            }
            disk.rename(part.path(), checkpoint.path());
        }
        fetched.accept(offer.sizeBytes());
        if (!skips.equals(Skips.NONE)) {
            skips.write(disk, folder);
        }
        disk.syncDirectory(folder);
    }

    private void makeFolder() throws IOException {
        if (disk.exists(folder)) {
            Set<Path> ours = Set.of(part.path(), checkpoint.path());
            for (String name : disk.list(folder)) {
                if (!ours.contains(folder.resolve(name))) {
                    disk.delete(folder.resolve(name));
                }
            }
            disk.syncParent(folder);
        } else {
            DataLayout.create(disk, folder);
        }
    }

    /** Returns whether a part of it was there. */
    private boolean download(CheckpointSource source, LongConsumer fetched) throws IOException {
        try (DiskFile file = disk.exists(part.path()) ? disk.open(part.path()) : disk.create(part.path())) {
            if (file.size() > offer.sizeBytes()) {
                file.truncate(0);
            }
            long from = file.size();
            try (InputStream in = source.open(offer, from)) {
                copy(in, file, from, fetched);
            }
            sync(file);
            return from > 0;
        }
    }

    /** What a sync failed for may be lost though it can be read, and no later one says so: it must come anew. */
    private void sync(DiskFile file) throws IOException {
        try {
            file.sync();
        } catch (IOException e) {
            disk.delete(part.path());
            throw e;
        }
    }

    private void copy(InputStream in, DiskFile file, long from, LongConsumer fetched) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long at = from;
        fetched.accept(at);
        while (at < offer.sizeBytes()) {
            int read = in.read(piece, 0, (int) Math.min(piece.length, offer.sizeBytes() - at));
            if (read < 0) {
                throw new EOFException("log " + offer.log() + ": the source ends at byte " + at + " of " + offer.name()
                        + ", expected " + offer.sizeBytes() + " bytes; run it again, and it goes on there");
            }
            file.write(at, piece, 0, read);
            at += read;
            fetched.accept(at);
        }
    }

    /** Reads and checks all of a file, and gives the skips in it; null if it is not there, or not whole, and then it is deleted. */
    private @Nullable Skips verified(Checkpoint file) throws IOException {
        if (!disk.exists(file.path())) {
            return null;
        }
        try (CheckpointReader reader = CheckpointReader.open(disk, file)) {
            reader.verify();
            return reader.skips();
        } catch (DamagedFileException e) {
            disk.delete(file.path());
            return null;
        }
    }
}
