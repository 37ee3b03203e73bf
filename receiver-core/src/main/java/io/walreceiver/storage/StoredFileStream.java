package io.walreceiver.storage;

import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A file's bytes from a place on, in order. */
final class StoredFileStream extends InputStream {

    private final DiskFile file;
    private long at;

    StoredFileStream(DiskFile file, long from) {
        this.file = file;
        this.at = from;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 1 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        int read = file.read(at, into, offset, length);
        at += read;
        return read == 0 && length > 0 ? -1 : read;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
