package io.walreceiver.server.web.admin;

import io.walreceiver.ReceiverEndedException;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.transport.netty.security.PrintableText;
import java.time.Duration;

/** Why something could not be done, as the peer is told. */
final class Problems {

    private static final Duration LATER = Duration.ofSeconds(5);

    private Problems() {}

    static ProblemException of(Throwable failure) {
        if (failure instanceof ProblemException problem) {
            return problem;
        }
        if (failure instanceof ReceiverEndedException) {
            return ProblemException.of(503, "not-running", "The receiver does not run", text(failure))
                    .retryAfter(LATER);
        }
        if (isNotPossible(failure)) {
            return ProblemException.of(
                    409, "not-possible", "The log does not stand where that can be done", text(failure));
        }
        return ProblemException.of(
                500, "failed", "It could not be done", text(failure) + "; see to the disk, and try it again");
    }

    /** Whether the answer says all there is to say. */
    static boolean isAnswer(Throwable failure) {
        return failure instanceof ProblemException
                || failure instanceof ReceiverEndedException
                || isNotPossible(failure);
    }

    private static boolean isNotPossible(Throwable failure) {
        return failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof UnsupportedOperationException;
    }

    static ProblemException unknownAuditState(String outcome, Throwable failure) {
        return ProblemException.of(
                500,
                "not-audited",
                "The audit could not be written",
                "the action was carried out (" + outcome + "), but the audit does not say so: " + text(failure)
                        + "; see to the disk");
    }

    static ProblemException notAudited(Throwable failure) {
        return ProblemException.of(
                503,
                "not-audited",
                "The audit could not be written",
                "nothing was done, as the audit cannot be written: " + text(failure)
                        + "; see to the disk, and try it again");
    }

    /** Without what a path or a reason may hold of control characters; long enough for the core's sentences. */
    static String text(Throwable failure) {
        String message = failure.getMessage();
        String said = message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < said.length() && at < 1_000; at += PrintableText.MAX_LENGTH) {
            text.append(PrintableText.of(said.substring(at, Math.min(said.length(), at + PrintableText.MAX_LENGTH))));
        }
        return text.toString();
    }
}
