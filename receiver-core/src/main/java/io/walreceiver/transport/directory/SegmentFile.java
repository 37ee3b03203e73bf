package io.walreceiver.transport.directory;

import io.walreceiver.format.CorruptSegmentException;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.sender.Outgoing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A segment file as it was when it was last looked at. */
final class SegmentFile extends Outgoing {

    private static final int PIECE_BYTES = 128 << 10;

    /** Sequence numbers are unsigned in a name. Copies of one segment in several directories follow each other. */
    static final Comparator<SegmentFile> ORDER = Comparator.<SegmentFile, WalSegmentId>comparing(file -> file.id)
            .thenComparingInt(file -> file.directory)
            .thenComparing(file -> file.path);

    /** Tells one copy of a file from the next, as far as a file system does. */
    private record Stamp(
            long sizeBytes, FileTime modified, @Nullable Object inode) {

        static Stamp of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    private final WalSegmentId id;
    private final Path path;
    private final int directory;
    private Stamp stamp;
    private long lastSeq;

    private SegmentFile(WalSegmentId id, Path path, int directory, Stamp stamp) {
        this.id = id;
        this.path = path;
        this.directory = directory;
        this.stamp = stamp;
        this.lastSeq = plausibleLast(id.seqno(), Long.MAX_VALUE, stamp.sizeBytes);
    }

    /**
     * Looks at a file without reading it.
     *
     * @param directory index of the directory it lies in
     * @return empty if it is not a regular file
     */
    static Optional<SegmentFile> at(Path path, WalSegmentId id, int directory) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty(); // a pipe, say, would keep whoever opens it waiting
        }
        return Optional.of(new SegmentFile(id, path, directory, Stamp.of(path)));
    }

    WalSegmentId id() {
        return id;
    }

    Path path() {
        return path;
    }

    @Override
    public long firstSeq() {
        return id.seqno();
    }

    /** The most that the file has room for, until it has been read. */
    @Override
    public long lastSeq() {
        return lastSeq;
    }

    @Override
    public long sizeBytes() {
        return stamp.sizeBytes;
    }

    @Override
    public boolean changed() {
        try {
            return !Stamp.of(path).equals(stamp);
        } catch (IOException e) {
            return false; // what is not there is no better copy
        }
    }

    /**
     * Reads the whole file as it is now. What the leader claims of it nobody knows: the count is the sum over its headers.
     *
     * @throws IOException if it cannot be read
     * @throws SegmentReadException if it is larger than {@code maxSegmentBytes}; then not a byte of it is read
     */
    WalSegmentPayload read(int maxSegmentBytes) throws IOException {
        stamp = Stamp.of(path); // first: a file that is replaced while it is read has changed since
        if (stamp.sizeBytes > maxSegmentBytes) {
            throw new SegmentReadException(
                    path,
                    "segment file " + path + ": too large: expected at most " + maxSegmentBytes
                            + " bytes (maxSegmentBytes), found " + stamp.sizeBytes
                            + "; raise maxSegmentBytes here and at the receiver, or replace the file by smaller segments",
                    null);
        }
        byte[] bytes = bytes((int) stamp.sizeBytes);
        long events = SegmentDecoder.countEvents(bytes);
        lastSeq = plausibleLast(id.seqno(), events, bytes.length);
        return new WalSegmentPayload(id, bytes, events);
    }

    /**
     * The first {@code size} bytes, fewer if the file has become shorter. In pieces, each of which passes through a buffer outside the heap
     * that stays in the processor's cache: {@code InputStream.readNBytes(int)} would copy all of it once more, and one read of a whole
     * segment would keep a buffer of its size.
     */
    private byte[] bytes(int size) throws IOException {
        byte[] bytes = new byte[size];
        int read = 0;
        try (InputStream in = Files.newInputStream(path)) {
            for (int n; read < size; read += n) {
                n = in.read(bytes, read, Math.min(PIECE_BYTES, size - read));
                if (n < 0) {
                    return Arrays.copyOf(bytes, read);
                }
            }
        }
        return bytes;
    }

    /**
     * Whether the follower at {@code position} has every event of what was read.
     *
     * @param ifCorrupt the answer for a segment whose count cannot be trusted
     */
    static boolean isCovered(WalSegmentPayload segment, long position, boolean ifCorrupt) {
        if (segment.id().seqno() < 1 || segment.id().seqno() > position) {
            return false;
        }
        try {
            return SegmentDecoder.decode(segment).lastSeq() <= position;
        } catch (CorruptSegmentException e) {
            return ifCorrupt;
        }
    }

    SegmentReadException unreadable(IOException cause) {
        boolean gone = cause instanceof NoSuchFileException;
        return new SegmentReadException(
                path,
                "segment file " + path + ": " + (gone ? "vanished" : "cannot be read") + ": expected segment " + id
                        + " (" + stamp.sizeBytes + " bytes when it was listed), found "
                        + (gone ? "no file" : cause instanceof AccessDeniedException ? "that access is denied" : cause)
                        + "; "
                        + (gone ? "put it back" : "make it readable") + " and subscribe again",
                cause);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
