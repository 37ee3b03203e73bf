package io.walreceiver.server.replay;

import io.walreceiver.LogStatus;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.log.LogState;
import io.walreceiver.transport.directory.SegmentReadException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * How a log stood when its replay had ended.
 *
 * @param log the log
 * @param trouble the receiver's word for what stopped it; empty if nothing did, or a file that cannot be read
 * @param state the word for it: that of the receiver, or {@link #UNREADABLE}
 * @param received last event of the unbroken run of verified segments; 0 for none
 * @param applied last event that was applied; 0 for none
 * @param cause why it stopped, without advice; empty if it did not
 */
public record LogEnd(
        LogId log, Optional<LogState> trouble, String state, long received, long applied, Optional<String> cause) {

    /** The state of a log that stopped at a file that cannot be read. */
    public static final String UNREADABLE = "unreadable";

    static LogEnd of(LogStatus log) {
        return new LogEnd(
                log.log(),
                log.cause().map(cause -> log.state()),
                log.state().toString(),
                log.received(),
                log.applied(),
                log.cause().map(cause -> ended(log, cause)));
    }

    /** A file stopped the log; what else stands between it and its next event comes first. */
    LogEnd stoppedAt(SegmentReadException file) {
        return cause.isPresent()
                ? this
                : new LogEnd(log, Optional.empty(), UNREADABLE, received, applied, Optional.of(reason(file)));
    }

    /** A log of which nothing was received. */
    static LogEnd empty(LogId log) {
        return new LogEnd(log, Optional.empty(), LogState.RUNNING.toString(), 0, 0, Optional.empty());
    }

    /** The log of a file; empty where the name is not that of a segment. */
    static Optional<LogId> logOf(SegmentReadException file) {
        return WalSegmentId.ofFileName(String.valueOf(file.path().getFileName()))
                .map(WalSegmentId::log);
    }

    /** Causes end with what a receiver that runs waits for, after a semicolon: here nothing more will come. */
    private static String ended(LogStatus log, String cause) {
        String prefix = "log " + log.log() + ": ";
        String story = cause.startsWith(prefix) ? cause.substring(prefix.length()) : cause;
        return withoutAdvice(story);
    }

    private static String withoutAdvice(String story) {
        int advice = story.lastIndexOf("; ");
        return advice < 0 ? story : story.substring(0, advice);
    }

    private static String reason(SegmentReadException file) {
        if (file.getCause() instanceof NoSuchFileException) {
            return file.path() + ": there is no such file or directory";
        }
        if (file.getCause() instanceof AccessDeniedException) {
            return file.path() + ": access is denied";
        }
        return withoutAdvice(String.valueOf(file.getMessage()));
    }
}
