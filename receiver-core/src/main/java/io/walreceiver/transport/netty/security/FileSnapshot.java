package io.walreceiver.transport.netty.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Small files as they were at one time. Remembers digests of what was read of which file, so that a later look can tell whether
 * anything has changed: by content, since times and inodes say little behind links and mounts. Blocks.
 */
final class FileSnapshot {

    static final int MAX_FILE_BYTES = 1 << 20;

    private final Map<Path, String> digests = new LinkedHashMap<>();

    /**
     * Reads a file.
     *
     * @throws SecurityFileException if it cannot be read; that counts as its content until it can
     */
    byte[] read(Path file) throws SecurityFileException {
        try {
            byte[] content = content(file);
            digests.put(file, Sha256.hex(content));
            return content;
        } catch (SecurityFileException e) {
            digests.put(file, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Whether every file that was read would read the same now. */
    boolean isCurrent() {
        for (Map.Entry<Path, String> known : digests.entrySet()) {
            FileSnapshot now = new FileSnapshot();
            try {
                now.read(known.getKey());
            } catch (SecurityFileException e) {
                // compared below, like any other content
            }
            if (!known.getValue().equals(now.digests.get(known.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** What to say of a secret that everybody may read; nothing if it is well kept, or the file system does not say. */
    static List<String> warnIfOthersMayRead(Path file) {
        return othersMayRead(file)
                ? List.of(file + ": everybody on this machine may read this secret; chmod o-rwx " + file)
                : List.of();
    }

    private static boolean othersMayRead(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return permissions.contains(PosixFilePermission.OTHERS_READ);
        } catch (UnsupportedOperationException | IOException e) {
            return false;
        }
    }

    private static byte[] content(Path file) throws SecurityFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            if (content.length > MAX_FILE_BYTES) {
                throw new SecurityFileException(
                        file, "larger than the " + MAX_FILE_BYTES + " bytes that are allowed", "name the right file");
            }
            return content;
        } catch (SecurityFileException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new SecurityFileException(
                    file, List.of("there is no such file"), "put it there, or name the right one", e);
        } catch (AccessDeniedException e) {
            throw new SecurityFileException(
                    file, List.of("access is denied"), "let the user that runs this read it", e);
        } catch (IOException e) {
            throw new SecurityFileException(
                    file,
                    List.of("cannot be read: " + e.getMessage()),
                    "see that it is a file on a disk that works",
                    e);
        }
    }
}
