package io.walreceiver.storage.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.digests.Blake3Digest;

/**
 * A small file of lines for people to read, replaced as a whole.
 *
 * <p>UTF-8, each line ended by a line feed. The last line vouches for all bytes before it:
 *
 * <pre>
 * blake3 af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262
 * </pre>
 */
public final class TextFile {

    /** Bytes that a file may have: 16 MiB. */
    public static final int MAX_BYTES = 1 << 24;

    private static final String SEAL = "blake3 ";
    private static final int DIGEST_BYTES = 32;
    private static final int SEAL_LINE_BYTES = SEAL.length() + 2 * DIGEST_BYTES + 1;
    private static final String RESTORE = "restore the file from a backup";

    private TextFile() {}

    /**
     * Replaces the file, or creates it: after a crash at any point, or a failure, it holds either all of the old lines or all of the
     * new ones. When this returns, the new ones are durable.
     *
     * @param file in a directory that exists; {@code file.tmp} beside it is used on the way
     * @param lines without line breaks (see {@link Escaped}); together no more than {@link #MAX_BYTES}
     * @throws IOException if they could not be made durable; which of the two the file holds is then open
     * @throws IllegalArgumentException if the lines could not be read back
     */
    public static void write(Disk disk, Path file, List<String> lines) throws IOException {
        byte[] bytes = sealed(file, lines);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        if (disk.exists(temporary)) {
            disk.delete(temporary); // a crash left it
        }
        try (DiskFile out = disk.create(temporary)) {
            out.write(0, bytes, 0, bytes.length);
            out.sync();
        }
        disk.rename(temporary, file);
        disk.syncParent(file); // its directory
    }

    /**
     * The lines as they were written, without the last one.
     *
     * @throws DamagedFileException if a single bit is not as it was written
     * @throws IOException if the file cannot be read, or does not exist
     */
    public static List<String> read(Disk disk, Path file) throws IOException {
        return read(disk, file, RESTORE);
    }

    static List<String> read(Disk disk, Path file, String whatToDo) throws IOException {
        return lines(file, bytes(disk, file, whatToDo), whatToDo);
    }

    static List<String> lines(Path file, byte[] bytes, String whatToDo) throws DamagedFileException {
        int body = bytes.length - SEAL_LINE_BYTES;
        if (body < 0) {
            throw new DamagedFileException(
                    file, "size", "at least " + SEAL_LINE_BYTES + " bytes", bytes.length + " bytes", whatToDo);
        }
        String expected = seal(bytes, body);
        String found = new String(bytes, body, SEAL_LINE_BYTES, UTF_8);
        if (!found.equals(expected)) {
            throw new DamagedFileException(
                    file, "last line, at offset " + body, quoted(expected), quoted(found), whatToDo);
        }
        return new String(bytes, 0, body, UTF_8).lines().toList();
    }

    static byte[] bytes(Disk disk, Path file, String whatToDo) throws IOException {
        try (DiskFile in = disk.openForReading(file)) {
            long size = in.size();
            if (size > MAX_BYTES) {
                throw new DamagedFileException(
                        file, "size", "at most " + MAX_BYTES + " bytes", size + " bytes", whatToDo);
            }
            byte[] bytes = new byte[(int) size];
            int read = in.read(0, bytes, 0, bytes.length);
            return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
        }
    }

    private static byte[] sealed(Path file, List<String> lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
                throw new IllegalArgumentException(file + ": a line break in " + quoted(line));
            }
            text.append(line).append('\n');
        }
        byte[] body = text.toString().getBytes(UTF_8);
        byte[] seal = seal(body, body.length).getBytes(UTF_8);
        if (body.length > MAX_BYTES - seal.length) {
            throw new IllegalArgumentException(
                    file + ": " + body.length + " bytes of text; the limit is " + (MAX_BYTES - seal.length));
        }
        byte[] bytes = Arrays.copyOf(body, body.length + seal.length);
        System.arraycopy(seal, 0, bytes, body.length, seal.length);
        return bytes;
    }

    private static String seal(byte[] bytes, int length) {
        byte[] digest = new byte[DIGEST_BYTES];
        Blake3Digest blake3 = new Blake3Digest(DIGEST_BYTES * Byte.SIZE);
        blake3.update(bytes, 0, length);
        blake3.doFinal(digest, 0);
        return SEAL + HexFormat.of().formatHex(digest) + '\n';
    }

    private static String quoted(String text) {
        return "'" + Escaped.of(text.strip()) + "'";
    }
}
