package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a {@link Bootstrap} takes checkpoints from: another follower, over a network or not. For one thread; methods block. */
public interface CheckpointSource {

    /**
     * A checkpoint to be had.
     *
     * @param name the file's name, as its maker gave it
     * @param position the last event that is in it
     * @param sizeBytes of the file
     */
    record Offer(LogId log, String name, long position, long sizeBytes) {}

    /** The bytes of the file that names schema and policy of all of them. */
    byte[] marker() throws IOException;

    /** The newest of each log that has one; asked anew where one of them is gone. */
    List<Offer> offers() throws IOException;

    /**
     * Opens a file that was offered.
     *
     * @param from the first byte that is wanted, 0..{@code offer.sizeBytes()}
     * @throws java.nio.file.NoSuchFileException if it is gone: there is a newer one
     */
    InputStream open(Offer offer, long from) throws IOException;

    /** The checkpoints of a data directory, in which a receiver may work. Each is read once to see whether it is whole. */
    static CheckpointSource of(StoredData data) {
        return new CheckpointSource() {
            @Override
            public byte[] marker() throws IOException {
                return data.marker();
            }

            @Override
            public List<Offer> offers() throws IOException {
                List<Offer> offers = new ArrayList<>();
                for (LogId log : data.logs()) {
                    Optional<Checkpoint> newest = data.log(log).newestCheckpoint();
                    newest.ifPresent(found -> offers.add(new Offer(
                            log, String.valueOf(found.path().getFileName()), found.position(), found.sizeBytes())));
                }
                return offers;
            }

            @Override
            public InputStream open(Offer offer, long from) throws IOException {
                StoredLog log = data.log(offer.log());
                return log.open(
                        Checkpoint.named(log.folder(), offer.log(), offer.name(), offer.sizeBytes())
                                .orElseThrow(() -> new IllegalArgumentException(offer + " is not of " + data)),
                        from);
            }
        };
    }
}
