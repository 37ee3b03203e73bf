package io.walreceiver.health;

import io.walreceiver.LogStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the process should go on. It should not only if work waits and nothing at all has moved for a while: then something hangs that no
 * waiting heals, and a restart does no harm. Whatever a log may wait for (a gap, a disk that is full, a source, a recovery) is not work
 * that waits; a log that stands still while others move is not either, but degrades.
 */
final class Liveness {

    private static final String NEXT =
            "a ledger part or a disk hangs, or a consumer blocks its thread: take a thread dump, then restart;"
                    + " put a deadline on a part that waits for something";

    private final Duration stallAfter;
    private final Standstill standstill;

    Liveness(HealthOptions options) {
        this.stallAfter = options.stallAfter();
        this.standstill = new Standstill(options.lookEvery());
    }

    Health look(Look look) {
        standstill.look(look);
        List<Reason> reasons = new ArrayList<>();
        if (standstill.allStillNanos() >= stallAfter.toNanos()) {
            standstill.stillFor(0).forEach(still -> reasons.add(reason(still).asDecisive()));
            if (reasons.isEmpty()) { // they wait in turns
                reasons.add(Reason.decisive("standing still", "no log has moved for " + Reason.told(stallAfter), NEXT));
            }
        } else {
            standstill.stillFor(stallAfter.toNanos()).forEach(still -> reasons.add(reason(still)));
        }
        return Health.of(reasons);
    }

    private static Reason reason(Standstill.Still still) {
        LogStatus log = still.status();
        return Reason.degrades(
                log.log(),
                "standing still",
                "log " + log.log() + " has not moved for " + still.nanos() / 1_000_000_000L + " s, while "
                        + Standstill.waitingBytes(log) + " bytes wait; it has received " + log.received()
                        + " and applied " + log.applied(),
                NEXT);
    }
}
