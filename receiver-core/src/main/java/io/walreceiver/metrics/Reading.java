package io.walreceiver.metrics;

import io.walreceiver.LogStatus;
import io.walreceiver.OutcomeCounts;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.health.Health;
import io.walreceiver.health.SourceState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that the meters of one scrape are made of, read once.
 *
 * @param status how the receiver stands
 * @param logs those of its logs that have series of their own
 * @param outcomes how many segments have ended how
 * @param sources where segments come from
 * @param ledger what the ledger takes, if that is known
 * @param liveness and
 * @param readiness what the checks come to, if there are any
 * @param refusals pushes that were refused, by problem
 * @param certificates when each expires, by what it is for
 */
record Reading(
        ReceiverStatus status,
        List<LogStatus> logs,
        OutcomeCounts outcomes,
        List<SourceState> sources,
        Optional<LedgerSize> ledger,
        Optional<Health> liveness,
        Optional<Health> readiness,
        Map<String, Long> refusals,
        Map<String, Instant> certificates) {}
