package io.walreceiver.server.admin;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What operators did and tried to do in a data directory: a file {@value #FILE} of lines of JSON, to which lines are added and nothing
 * else. When it has {@code maxBytes} it becomes {@value #FILE}.1, that one .2, and so on; the oldest goes.
 *
 * <p>All methods block. Written by whoever holds the directory's lock; its methods may be called by any thread of that process.
 */
public final class AuditLog {

    /** The name of the file. */
    public static final String FILE = "audit.log";

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final long MAX_BYTES = 8 << 20;
    private static final int FILES = 8;
    private static final int MAX_READ_BYTES = 1 << 20;

    private final Path directory;
    private final long maxBytes;
    private final int files;

    /** Of a data directory, with the default bounds: 8 files of 8 MiB. */
    public AuditLog(Path directory) {
        this(directory, MAX_BYTES, FILES);
    }

    /**
     * Of a data directory.
     *
     * @param maxBytes of a file before another is begun, 1 or more
     * @param files most files at a time, 2 or more
     */
    public AuditLog(Path directory, long maxBytes, int files) {
        if (maxBytes < 1 || files < 2) {
            throw new IllegalArgumentException(
                    "audit of " + files + " files of " + maxBytes + " bytes: expected 2 or more of 1 byte or more");
        }
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.files = files;
    }

    /**
     * Adds a line, durably.
     *
     * @throws IOException if that cannot be done; nothing of it is left, as far as the disk lets one
     */
    public synchronized void write(AuditEntry entry) throws IOException {
        byte[] line = (MAPPER.writeValueAsString(entry) + '\n').getBytes(StandardCharsets.UTF_8);
        if (Files.exists(file(0)) && Files.size(file(0)) >= maxBytes) {
            rotate();
        }
        boolean isNew = !Files.exists(file(0));
        try (FileChannel out = FileChannel.open(
                file(0), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            append(out, line);
        }
        if (isNew) {
            Disk.ofOperatingSystem().syncDirectory(directory);
        }
        LOG.info("audit: {}", new String(line, StandardCharsets.UTF_8).stripTrailing());
    }

    private static void append(FileChannel out, byte[] line) throws IOException {
        long end = out.size();
        ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
        if (end > 0 && lastByte(out, end) != '\n') {
            bytes.put((byte) '\n'); // a crash cut the last line short
        }
        bytes.put(line).flip();
        try {
            for (long at = end; bytes.hasRemaining(); ) {
                at += out.write(bytes, at);
            }
            out.force(true);
        } catch (IOException e) {
            out.truncate(end);
            throw e;
        }
    }

    private static byte lastByte(FileChannel in, long end) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        in.read(last, end - 1);
        return last.array()[0];
    }

    private void rotate() throws IOException {
        Files.deleteIfExists(file(files - 1));
        for (int number = files - 1; number > 0; number--) {
            if (Files.exists(file(number - 1))) {
                Files.move(file(number - 1), file(number));
            }
        }
        Disk.ofOperatingSystem().syncDirectory(directory);
    }

    private Path file(int number) {
        return directory.resolve(number == 0 ? FILE : FILE + "." + number);
    }

    /**
     * The latest lines, the last one first; what cannot be read as such is left out.
     *
     * @param most 1 or more; fewer are given where the last MiB of a file has fewer
     */
    public synchronized List<AuditEntry> latest(int most) throws IOException {
        List<AuditEntry> latest = new ArrayList<>();
        for (int number = 0; number < files && latest.size() < most && Files.exists(file(number)); number++) {
            List<String> lines = lastLines(file(number));
            for (int i = lines.size() - 1; i >= 0 && latest.size() < most; i--) {
                parse(lines.get(i), latest);
            }
        }
        return latest;
    }

    private static List<String> lastLines(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long from = Math.max(0, in.size() - MAX_READ_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) (in.size() - from));
            int some;
            do {
                some = in.read(bytes, from + bytes.position());
            } while (some > 0 && bytes.hasRemaining());
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static void parse(String line, List<AuditEntry> into) {
        try {
            into.add(MAPPER.readValue(line, AuditEntry.class));
        } catch (JacksonException | NullPointerException e) {
            LOG.debug("a line of the audit cannot be read", e); // cut short, by a crash or by where reading began
        }
    }
}
