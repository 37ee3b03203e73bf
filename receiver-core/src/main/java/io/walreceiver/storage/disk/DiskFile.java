package io.walreceiver.storage.disk;

import java.io.Closeable;
import java.io.IOException;

/**
 * An open file. Reads and writes name their place, in bytes from 0; two threads may use it at once. All fails with an
 * {@link IOException} once it is closed. Closing waits for what is under way, makes nothing durable, and is idempotent.
 */
public interface DiskFile extends Closeable {

    /**
     * Writes all of the bytes at a place, or fails having written any part of them. What lies between the end of the file and a
     * place beyond it becomes zeros.
     *
     * @throws IllegalStateException if the file was opened for reading
     */
    void write(long at, byte[] bytes, int offset, int length) throws IOException;

    /**
     * Reads up to {@code length} bytes.
     *
     * @return how many, fewer only where the file ends; 0 at its end
     */
    int read(long at, byte[] into, int offset, int length) throws IOException;

    /** Bytes in the file. */
    long size() throws IOException;

    /**
     * Cuts the file to a size that is not above its own.
     *
     * @throws IllegalArgumentException if the size is negative or above that of the file
     * @throws IllegalStateException if the file was opened for reading
     */
    void truncate(long size) throws IOException;

    /**
     * Makes the bytes and the size durable. After a failure nothing written since the last success may be counted on, whatever a
     * later call or a read says.
     */
    void sync() throws IOException;
}
