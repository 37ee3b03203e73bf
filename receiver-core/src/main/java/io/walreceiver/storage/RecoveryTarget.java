package io.walreceiver.storage;

import io.walreceiver.format.SegmentView;
import io.walreceiver.ledger.ImageReader;
import java.io.IOException;

/** Takes what a store gives back: at most one image, then the events after it, in order. Called on one thread. */
public interface RecoveryTarget {

    /** Whether it can take an image. If not, everything is replayed from the first event. */
    boolean takesImages();

    /** Starts from the image of a checkpoint. */
    void restore(ImageReader image) throws IOException;

    /** Goes on with the verified events of {@code events} from {@code from} on; those before were given already. */
    void replay(SegmentView events, long from);

    /** So many bytes more have been dealt with, of those announced by {@link #expect}. */
    void done(long bytes);

    /** How many bytes there are to deal with. */
    void expect(long bytes);
}
