package io.walreceiver.storage.disk;

import java.io.Closeable;
import java.io.IOException;

/** An open file. Reads and writes name their place; two threads may use it at once. */
public interface DiskFile extends Closeable {

    /** Writes all of the bytes at a place, or fails having written any part of them. */
    void write(long at, byte[] bytes, int offset, int length) throws IOException;

    /**
     * Reads up to {@code length} bytes.
     *
     * @return how many, fewer only where the file ends; 0 at its end
     */
    int read(long at, byte[] into, int offset, int length) throws IOException;

    /** Bytes in the file. */
    long size() throws IOException;

    /** Cuts the file to a size below its own. */
    void truncate(long size) throws IOException;

    /**
     * Makes the bytes and the size durable. After a failure nothing written since the last success may be counted on, whatever a
     * later call or a read says.
     */
    void sync() throws IOException;
}
