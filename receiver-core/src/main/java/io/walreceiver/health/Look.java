package io.walreceiver.health;

import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus;
import java.util.List;

/**
 * What is seen of a receiver at one moment.
 *
 * @param status how it stands
 * @param outcomes how many segments have ended how so far
 * @param outcomeWanted whether whoever consumes the outcomes wants one more
 * @param sources where segments come from; none if that is not known
 * @param nanos when, by any clock: one that is set back or forward does no harm
 */
record Look(
        ReceiverStatus status, OutcomeCounts outcomes, boolean outcomeWanted, List<SourceState> sources, long nanos) {}
