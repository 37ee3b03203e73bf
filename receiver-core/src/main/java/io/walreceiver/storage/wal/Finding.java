package io.walreceiver.storage.wal;

import java.nio.file.Path;

/**
 * What a log turned out to lack when it was recovered: to be reported, and asked for again from {@code fromEvent} on.
 *
 * @param kind how bad it is
 * @param file where the bytes were that no longer count or, if they were set aside, are now; the folder, if there is no file
 * @param offset the first of those bytes
 * @param fromEvent the first event that is missing, as far as this file goes
 * @param bytes how many bytes no longer count
 * @param text what, where, expected and found, and what was done about it, in one line
 */
public record Finding(Kind kind, Path file, long offset, long fromEvent, long bytes, String text) {

    /** How bad a finding is. */
    public enum Kind {
        /** The end of what was being written when the process ended. Nothing that was known to be durable; an ordinary crash. */
        CUT,
        /** Something that was durable is not there, or not as it was. The medium or somebody else did that. */
        ROT
    }
}
