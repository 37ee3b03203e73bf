package io.walreceiver.health;

import io.walreceiver.format.LogId;
import java.util.Comparator;
import java.util.List;

/**
 * What a check comes to.
 *
 * @param verdict in a word
 * @param reasons why it is not {@link Verdict#UP}: the decisive ones first, then in the order of their logs; none if it is
 */
public record Health(Verdict verdict, List<Reason> reasons) {

    private static final LogId NO_LOG = new LogId(0, 0);
    private static final Comparator<Reason> DECISIVE_FIRST = Comparator.comparing((Reason reason) -> !reason.decisive())
            .thenComparing(reason -> reason.log().isPresent())
            .thenComparing(reason -> reason.log().orElse(NO_LOG));

    /** What can come of a check. */
    public enum Verdict {
        /** All is well. */
        UP("up"),
        /** Something needs attention, but the answer is still yes. */
        DEGRADED("degraded"),
        /** The answer is no. */
        DOWN("down");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public Health {
        reasons = reasons.stream().sorted(DECISIVE_FIRST).toList();
    }

    /** Whether the answer is yes. */
    public boolean isOk() {
        return verdict != Verdict.DOWN;
    }

    /** The verdict that follows from the reasons. */
    static Health of(List<Reason> reasons) {
        if (reasons.isEmpty()) {
            return new Health(Verdict.UP, reasons);
        }
        boolean down = reasons.stream().anyMatch(Reason::decisive);
        return new Health(down ? Verdict.DOWN : Verdict.DEGRADED, reasons);
    }
}
