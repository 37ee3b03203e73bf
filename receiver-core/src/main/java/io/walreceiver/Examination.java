package io.walreceiver;

import io.walreceiver.decode.EventRules;
import io.walreceiver.dedupe.Dedupe;
import io.walreceiver.format.InvalidEvent;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogProgress;
import io.walreceiver.replay.Examined;
import io.walreceiver.route.Arrival;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Dedupe, verify, decode. Failures are values, so that a log's flux never ends before the source does. Safe for use by any thread.
 */
final class Examination {

    private final SegmentVerifier verifier;
    private final EventRules rules;
    private final boolean holdsInvalid;

    /** @param holdsInvalid whether a segment with an invalid event is refused, and not applied without it */
    Examination(SegmentVerifier verifier, EventRules rules, boolean holdsInvalid) {
        this.verifier = verifier;
        this.rules = rules;
        this.holdsInvalid = holdsInvalid;
    }

    /**
     * What was found out of an arrival.
     *
     * @param arrival its number
     */
    record Finding(Examined examined, long arrival) {}

    /** Examines arrivals of one log; what is found of each, in their order. */
    List<Finding> of(List<Arrival> group, LogProgress progress) {
        try {
            return together(group, progress.received());
        } catch (Throwable failure) { // out of memory too: a log that heard nothing of its segment would sleep for ever
            return group.size() > 1 ? oneByOne(group, progress) : List.of(failed(group.get(0), failure));
        }
    }

    /** Only what fails by itself has failed. */
    private List<Finding> oneByOne(List<Arrival> group, LogProgress progress) {
        return group.stream()
                .flatMap(arrival -> of(List.of(arrival), progress).stream())
                .toList();
    }

    private List<Finding> together(List<Arrival> group, long received) {
        List<WalSegmentPayload> unread = new ArrayList<>(group.size());
        for (Arrival arrival : group) {
            if (arrival instanceof Arrival.Segment segment && !Dedupe.has(segment.payload(), received)) {
                unread.add(segment.payload());
            }
        }
        Iterator<VerificationResult> results = verifier.verify(unread).iterator();
        List<Finding> findings = new ArrayList<>(group.size());
        for (Arrival arrival : group) {
            findings.add(new Finding(examined(arrival, received, results), arrival.number()));
        }
        return findings;
    }

    private Examined examined(Arrival arrival, long received, Iterator<VerificationResult> results) {
        if (arrival instanceof Arrival.Segment segment) {
            WalSegmentPayload payload = segment.payload();
            return Dedupe.has(payload, received) ? new Examined.Known(payload) : judge(payload, results.next());
        }
        if (arrival instanceof Arrival.TooLarge tooLarge) {
            return new Examined.Faulty(tooLarge.payload(), tooLarge.fault());
        }
        return arrival instanceof Arrival.GiveUpHeld ? new Examined.GiveUpHeld() : new Examined.HeldMayFollow();
    }

    private Examined judge(WalSegmentPayload payload, VerificationResult result) {
        return result instanceof VerificationResult.Verified verified
                ? decode(payload, verified.segment())
                : new Examined.Faulty(payload, ((VerificationResult.Refused) result).fault());
    }

    private Examined decode(WalSegmentPayload payload, SegmentView verified) {
        Optional<InvalidEvent> invalid = rules.firstInvalid(verified);
        return invalid.isPresent() && holdsInvalid
                ? new Examined.Faulty(payload, (SegmentFault) invalid.get())
                : new Examined.Intact(verified, invalid.isEmpty());
    }

    private static Finding failed(Arrival arrival, Throwable failure) {
        return new Finding(new Examined.Failed(((Arrival.Segment) arrival).payload(), failure), arrival.number());
    }
}
