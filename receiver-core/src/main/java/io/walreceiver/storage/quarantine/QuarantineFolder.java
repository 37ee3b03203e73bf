package io.walreceiver.storage.quarantine;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.storage.disk.Disk;
import io.walreceiver.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.commons.codec.binary.Hex;
import org.bouncycastle.crypto.digests.Blake3Digest;

/**
 * The files of a quarantine: {@code {seqno:020}-{first 16 digits of BLAKE3}.seg} with the bytes as they came, and the same name with
 * {@code .txt}, which says what they are. The text is the authority: bytes of which no text says that they are kept are not kept.
 *
 * <p>Nothing rests on a quarantine, so nothing in it is synced. What a crash leaves is told by its text, which is short, and by the
 * size of its bytes, which is not the text's; bytes of the right size are checked when they are read. Files of other names are
 * nobody's business.
 */
final class QuarantineFolder {

    private static final String BYTES = ".seg";
    private static final String TEXT = ".txt";
    private static final String TEMPORARY = ".txt.tmp";
    private static final Pattern OURS = Pattern.compile("\\d{20}-[0-9a-f]{16}(\\.seg|\\.txt|\\.txt\\.tmp)");

    /** More than the longest cause makes of a text, with each of its characters escaped. */
    private static final int MAX_TEXT_BYTES = 16 << 10;

    private final Disk disk;
    private final Path folder;

    QuarantineFolder(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /**
     * What lies in the folder.
     *
     * @param kept the segments
     * @param torn names of files that are no part of them
     * @param unreadable names of texts that the disk did not give: perhaps it will the next time
     */
    record Contents(List<KeptSegment> kept, List<String> torn, List<String> unreadable) {}

    /** Reads every text. A folder that is not there holds nothing, and a file that is gone meanwhile was not there. */
    Contents contents() throws IOException {
        List<String> names = names();
        List<KeptSegment> kept = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        Set<String> torn = new LinkedHashSet<>(names);
        for (String name : names) {
            if (!name.endsWith(TEXT)) {
                continue;
            }
            try {
                KeptSegment one = look(stem(name));
                kept.add(one);
                torn.remove(name);
                if (one.bytesKept()) {
                    torn.remove(one.name() + BYTES);
                }
            } catch (IllegalArgumentException e) {
                continue; // torn it is
            } catch (IOException e) {
                unreadable.add(name);
                torn.remove(name);
                torn.remove(stem(name) + BYTES);
            }
        }
        kept.sort(KeptSegment.OLDEST_FIRST);
        return new Contents(kept, stillThere(torn), stillThere(unreadable));
    }

    private List<String> stillThere(Collection<String> names) {
        return names.stream().filter(name -> disk.exists(folder.resolve(name))).toList();
    }

    private List<String> names() throws IOException {
        try {
            return disk.list(folder).stream()
                    .filter(name -> OURS.matcher(name).matches())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private KeptSegment look(String name) throws IOException {
        KeptSegment kept;
        try (DiskFile text = disk.openForReading(folder.resolve(name + TEXT))) {
            if (text.size() > MAX_TEXT_BYTES) {
                throw new IllegalArgumentException("expected at most " + MAX_TEXT_BYTES + " bytes");
            }
            kept = KeptText.parse(new String(read(text, (int) text.size()), StandardCharsets.UTF_8));
        }
        if (!kept.name().equals(name)) {
            throw new IllegalArgumentException("the text of " + kept.name());
        }
        return kept.bytesKept() && sizeOfBytes(name) != kept.sizeBytes() ? kept.withBytes(false) : kept;
    }

    private long sizeOfBytes(String name) throws IOException {
        try (DiskFile bytes = disk.openForReading(folder.resolve(name + BYTES))) {
            return bytes.size();
        } catch (NoSuchFileException e) {
            return -1;
        }
    }

    /** A temporary file is no damage: the next one to open the quarantine for writing takes it away. */
    static boolean isTemporary(String name) {
        return name.endsWith(TEMPORARY);
    }

    /** Gives the bytes back; empty if they are not kept or gone. */
    Optional<WalSegmentPayload> read(KeptSegment kept) throws IOException {
        if (!kept.bytesKept()) {
            return Optional.empty();
        }
        Path path = folder.resolve(kept.name() + BYTES);
        byte[] bytes;
        try (DiskFile file = disk.openForReading(path)) {
            expect(path, "bytes", kept.sizeBytes(), file.size());
            bytes = read(file, (int) kept.sizeBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        expect(path, "BLAKE3", kept.blake3(), blake3(bytes));
        return Optional.of(new WalSegmentPayload(kept.segment(), bytes, kept.eventCount()));
    }

    private static void expect(Path path, String what, Object expected, Object found) throws IOException {
        if (!expected.equals(found)) {
            throw new IOException("quarantined segment " + path + ": damaged since it was kept: expected " + what + " "
                    + expected + ", found " + found + "; drop it, or wait until the sender repeats it");
        }
    }

    /** @return fewer bytes than that where the file ends */
    private static byte[] read(DiskFile file, int length) throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        int some;
        do {
            some = file.read(done, bytes, done, length - done);
            done += some;
        } while (some > 0 && done < length);
        return done == length ? bytes : Arrays.copyOf(bytes, done);
    }

    void writeBytes(String name, byte[] bytes) throws IOException {
        write(folder.resolve(name + BYTES), bytes);
    }

    void writeText(KeptSegment kept) throws IOException {
        Path temporary = folder.resolve(kept.name() + TEMPORARY);
        write(temporary, KeptText.format(kept).getBytes(StandardCharsets.UTF_8));
        disk.rename(temporary, folder.resolve(kept.name() + TEXT));
    }

    private void write(Path path, byte[] bytes) throws IOException {
        if (!disk.exists(folder)) {
            disk.createDirectory(folder);
        }
        if (disk.exists(path)) {
            disk.delete(path);
        }
        try (DiskFile file = disk.create(path)) {
            file.write(0, bytes, 0, bytes.length);
        }
    }

    /** The bytes first: they are what takes room, and a text alone is still a record. */
    void delete(KeptSegment kept) throws IOException {
        delete(kept.name() + BYTES);
        delete(kept.name() + TEXT);
    }

    /** Deletes a file if it is there. */
    void delete(String fileName) throws IOException {
        try {
            disk.delete(folder.resolve(fileName));
        } catch (NoSuchFileException e) {
            return; // what was asked for
        }
    }

    private static String stem(String textName) {
        return textName.substring(0, textName.length() - TEXT.length());
    }

    static String blake3(byte[] bytes) {
        Blake3Digest digest = new Blake3Digest(256);
        digest.update(bytes, 0, bytes.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return Hex.encodeHexString(hash);
    }
}
