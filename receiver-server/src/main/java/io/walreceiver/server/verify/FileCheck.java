package io.walreceiver.server.verify;

import io.walreceiver.format.WalSegmentId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to check, and what is known about it beforehand.
 *
 * @param file the file
 * @param id which segment it is said to be; empty if nobody says
 * @param claimedEvents how many events it is said to hold; empty if nobody says
 * @param expected the verdict that a manifest expects, as it is written there
 */
public record FileCheck(Path file, Optional<WalSegmentId> id, OptionalLong claimedEvents, Optional<String> expected) {

    /** A file that nothing but its name speaks for. */
    public static FileCheck of(Path file) {
        Path name = file.getFileName();
        Optional<WalSegmentId> id = name == null ? Optional.empty() : WalSegmentId.ofFileName(name.toString());
        return new FileCheck(file, id, OptionalLong.empty(), Optional.empty());
    }
}
