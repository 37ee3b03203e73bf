package io.walreceiver.storage.checkpoint;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.storage.disk.DiskFile;
import io.walreceiver.storage.records.DamagedFileException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Goes through the blocks of a checkpoint once and checks each for itself. Reads about a MiB at a time, and holds no more.
 *
 * <p>What is damaged is told from what does not belong here: the checksum is checked before all fields but those that say where it is.
 */
final class BlockReader {

    static final String WHAT_TO_DO =
            "set this checkpoint aside: the one before it, and the log after that, give the same state";

    private final DiskFile file;
    private final Checkpoint checkpoint;

    /** The bytes of the file from {@code windowStart} on. */
    private final byte[] window;

    private long windowStart;
    private int windowBytes;

    /** The current block: where it starts in the window, its number from 0 and its kind. */
    private int at;

    private long number = -1;
    private int kind = Block.HEAD;
    private int payloadBytes;

    BlockReader(DiskFile file, Checkpoint checkpoint) throws IOException {
        this.file = file;
        this.checkpoint = checkpoint;
        this.window = new byte[(int) Math.min(Block.MAX_BYTES, Math.max(Block.HEADER_BYTES, file.size()))];
    }

    /**
     * Goes on to the next block; after the tail, stays there.
     *
     * @return its kind
     * @throws DamagedFileException if it is not the block that was written there
     */
    int next() throws IOException {
        if (kind == Block.TAIL) {
            return kind;
        }
        at = end();
        number++;
        payloadBytes = 0;
        require(Block.HEADER_BYTES, "header");
        check("magic", hex(Block.MAGIC), hex(window, at, Block.MAGIC.length));
        checkRange("payload bytes", 1, Block.MAX_PAYLOAD_BYTES, Block.payloadBytes(window, at));
        payloadBytes = (int) Block.payloadBytes(window, at);
        require(Block.HEADER_BYTES + payloadBytes, "payload");
        check(
                "checksum",
                hex(Block.checksum(window, at, payloadBytes)),
                hex(window, at + Block.CHECKSUM, BatchHasher.CHECKSUM_BYTES));
        check("version", Block.VERSION, Block.version(window, at));
        check("number", number, Block.number(window, at));
        check("log", checkpoint.log(), Block.log(window, at));
        check("position", checkpoint.position(), Block.position(window, at));
        checkRange("kind", kind, number == 0 ? Block.HEAD : Block.TAIL, Block.kind(window, at));
        kind = Block.kind(window, at);
        return kind;
    }

    int kind() {
        return kind;
    }

    /** A copy of the current block's payload. */
    byte[] payload() {
        int start = at + Block.HEADER_BYTES;
        return Arrays.copyOfRange(window, start, start + payloadBytes);
    }

    void addTo(Chain chain) {
        chain.add(window, at);
    }

    /** Checks that the tail, which is the current block, closes this chain and the file. */
    void checkTail(Chain chain) throws IOException {
        check("tail", hex(Block.tail(number, chain.value())), hex(payload()));
        int trailing = read(end() - at + 1) - (end() - at);
        check("bytes after it", 0, trailing);
    }

    private int end() {
        return number < 0 ? 0 : at + Block.HEADER_BYTES + payloadBytes;
    }

    private void require(int bytes, String what) throws IOException {
        int found = read(bytes);
        if (found < bytes) {
            throw damaged(what + ", cut short", bytes + " bytes from there", found);
        }
    }

    /**
     * Reads on until the window holds so many bytes from {@code at} on, if the file does.
     *
     * @return how many it holds
     */
    private int read(int bytes) throws IOException {
        if (windowBytes - at < bytes) {
            System.arraycopy(window, at, window, 0, windowBytes - at);
            windowStart += at;
            windowBytes -= at;
            at = 0;
            windowBytes += file.read(windowStart + windowBytes, window, windowBytes, window.length - windowBytes);
        }
        return windowBytes - at;
    }

    private void check(String what, Object expected, Object found) throws DamagedFileException {
        if (!expected.equals(found)) {
            throw damaged(what, expected, found);
        }
    }

    private void checkRange(String what, long lowest, long highest, long found) throws DamagedFileException {
        if (found < lowest || found > highest) {
            throw damaged(what, lowest + ".." + highest, found);
        }
    }

    private DamagedFileException damaged(String what, Object expected, Object found) {
        return new DamagedFileException(
                checkpoint.path(),
                "block " + number + " at offset " + (windowStart + at) + ": " + what,
                expected,
                found,
                WHAT_TO_DO);
    }

    private static String hex(byte[] bytes) {
        return hex(bytes, 0, bytes.length);
    }

    private static String hex(byte[] bytes, int offset, int length) {
        return HexFormat.of().formatHex(bytes, offset, offset + length);
    }
}
