package io.walreceiver.transport.publication;

import java.io.IOException;
import java.io.InputStream;

/**
 * An image of one log's part of the ledger, as a file.
 *
 * @param name the file's name, which says its log and position
 * @param position last event that is in the image
 * @param sizeBytes of the file
 * @param content opens it
 */
public record PublishedCheckpoint(String name, long position, long sizeBytes, Content content) {

    /** The file's bytes, which do not change as long as it is there. */
    @FunctionalInterface
    public interface Content {

        /**
         * Opens the file; blocks.
         *
         * @param from the first byte that is wanted, 0..{@code sizeBytes}
         * @throws IOException if it cannot be read, or is not there any more
         */
        InputStream open(long from) throws IOException;
    }
}
