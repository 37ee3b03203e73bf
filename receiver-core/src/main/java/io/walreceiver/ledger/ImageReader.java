package io.walreceiver.ledger;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Gives back the image of a part, block by block, as it was written. */
@FunctionalInterface
public interface ImageReader {

    /** The next block, the caller's from now on; null after the last. */
    byte @Nullable [] next() throws IOException;
}
