package io.walreceiver.storage.disk;

import java.util.Arrays;

/** Bytes that grow as a file does: what was skipped or cut off is zeros when it is there again. */
final class Content {

    private byte[] bytes = new byte[0];
    private int size;

    int size() {
        return size;
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    Content copy() {
        Content copy = new Content();
        copy.bytes = bytes();
        copy.size = size;
        return copy;
    }

    void write(int at, byte[] from, int offset, int length) {
        growTo(at + length);
        System.arraycopy(from, offset, bytes, at, length);
    }

    int read(long at, byte[] into, int offset, int length) {
        int available = (int) Math.max(0, Math.min(length, size - at));
        if (available > 0) {
            System.arraycopy(bytes, (int) at, into, offset, available);
        }
        return available;
    }

    void growTo(int least) {
        if (least > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(least, 2 * bytes.length));
        }
        size = Math.max(size, least);
    }

    void cutTo(int most) {
        if (most < size) {
            Arrays.fill(bytes, most, size, (byte) 0);
            size = most;
        }
    }

    void flip(long bit) {
        if (bit >>> 3 < size) {
            bytes[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
        }
    }
}
