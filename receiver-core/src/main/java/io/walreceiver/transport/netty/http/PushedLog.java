package io.walreceiver.transport.netty.http;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One log as those who push it see it, on one subscription. Guarded by the session's lock; answers are run outside of it. */
final class PushedLog {

    private final LogId log;
    private final List<PushedSegment> inFlight = new ArrayList<>();
    private long durable;
    private long applied;
    /** The event after the last that was taken in order. */
    private long next;
    /** Where a hold began; 0 while there is none. */
    private long heldFrom;
    /** The event that the receiver asked for and was not given yet; 0 for none. */
    private long asked;

    private boolean fenced;
    /** The highest epoch that is being put on record, and for how many senders; 0 while none is. */
    private long adopting;

    private int adoptions;
    /** Said to the last sender, whose history is another; null once a segment was taken. */
    private @Nullable Answer diverged;

    PushedLog(LogId log, long position) {
        this.log = log;
        this.durable = position;
        this.applied = position;
        this.next = position + 1;
    }

    long durable() {
        return durable;
    }

    boolean isFenced() {
        return fenced;
    }

    /** The event that the next segment should begin with, at the latest. */
    private long expected() {
        return Math.max(next, durable + 1);
    }

    /** Why nothing of the log is taken, if its history has parted from its leader's. */
    Optional<LogTrouble> trouble() {
        return Optional.ofNullable(diverged).map(answer -> new LogTrouble(LogState.DIVERGED, answer.detail()));
    }

    /** What is said to a sender who need not send the segment, or must not; null if it is wanted. */
    @Nullable
    Answer refusal(SegmentHead head, Positions positions) {
        Answer byEpoch = refusalByEpoch(head, positions.epoch(log).orElse(null));
        if (byEpoch != null) {
            diverged = byEpoch.isProblem("diverged") ? byEpoch : diverged;
            return byEpoch.at(durable, expected());
        }
        if (head.lastAtMost() <= durable) {
            return Answer.durable(durable);
        }
        if (head.id().seqno() > expected()) {
            return Answer.gap(head.id().toString(), durable, expected());
        }
        Optional<LogTrouble> trouble = positions.trouble(log);
        Answer byTrouble = trouble.isPresent() && !isAskedFor(head) ? refusalByTrouble(trouble.get()) : null;
        if (byTrouble != null) {
            return byTrouble.at(durable, expected());
        }
        return heldFrom == 0
                ? null
                : Answer.busy("log " + log + ": what came from event " + heldFrom + " on was let go; come again")
                        .at(durable, expected());
    }

    /** Some troubles end only when what was asked for has come. */
    private boolean isAskedFor(SegmentHead head) {
        return asked > 0 && head.id().seqno() <= asked && asked <= head.lastAtMost();
    }

    private static @Nullable Answer refusalByTrouble(LogTrouble trouble) {
        return switch (trouble.state()) {
            case DIVERGED -> Answer.diverged(trouble.cause());
            case FENCED -> Answer.fenced(trouble.cause());
            case RECOVERING, LEDGER_FULL, DISK_FULL, IO_FAILED, FAILED ->
                Answer.unavailable(
                        trouble.state().toString().replaceAll("[^a-z]+", "-").replaceAll("-$", ""), trouble.cause());
            default -> null;
        };
    }

    private @Nullable Answer refusalByEpoch(SegmentHead head, @Nullable LeaderEpoch onRecord) {
        if (head.epoch() == 0) {
            return null;
        }
        if (onRecord != null && head.epoch() < onRecord.number()) {
            return Answer.fenced("log " + log + ": expected epoch " + onRecord.number()
                    + " or a later one, found epoch " + head.epoch() + "; a new leader has taken over, stop sending");
        }
        if (head.epoch() < adopting) {
            return Answer.busy("log " + log + ": epoch " + adopting + " is being put on record; come again");
        }
        LeaderEpoch epoch = adoption(head, onRecord);
        if (epoch == null || head.epochStart() < 0 && head.lastAtMost() <= durable) {
            return null;
        }
        if (epoch.start() < durable) {
            return beganBelow(epoch, durable, "durable", head);
        }
        return epoch.start() < expected() - 1 ? underWay(epoch, expected() - 1) : null;
    }

    private Answer beganBelow(LeaderEpoch epoch, long held, String how, SegmentHead head) {
        return Answer.diverged("log " + log + ": epoch " + epoch.number() + " began after event " + epoch.start()
                + ", and events up to " + held + " of the one before are " + how + " here; bootstrap this follower"
                + (head.epochStart() < 0
                        ? ", or say where the epoch began (" + SegmentHead.LEADER_EPOCH + ": N;start=P)"
                        : ""));
    }

    private Answer underWay(LeaderEpoch epoch, long through) {
        return Answer.busy("log " + log + ": events up to " + through + " of the epoch before are under way, and epoch "
                + epoch.number() + " began after event " + epoch.start() + "; come again");
    }

    /**
     * An epoch is about to be put on record: until {@link #adopted} nothing of a lower one is taken.
     *
     * @param handedOver what may not have reached the receiver yet, though it is not in the queue any more
     * @return why it must wait; null if it need not
     */
    @Nullable
    Answer beginAdoption(LeaderEpoch epoch, @Nullable PushedSegment handedOver) {
        long underWay = Math.max(expected() - 1, handedOver == null ? 0 : handedOver.last());
        for (PushedSegment segment : inFlight) {
            if (segment.state() == PushedSegment.State.QUEUED) {
                underWay = Math.max(underWay, segment.last());
            }
        }
        if (epoch.start() < underWay) {
            return underWay(epoch, underWay).at(durable, expected());
        }
        adopting = Math.max(adopting, epoch.number());
        adoptions++;
        return null;
    }

    /** The epoch is on record, or will not be. */
    void adopted() {
        if (--adoptions == 0) {
            adopting = 0;
        }
    }

    /** The epoch began below what the receiver holds. One whose beginning is not known may only be too early. */
    Answer diverged(LeaderEpoch epoch, long received, SegmentHead head) {
        if (head.epochStart() < 0) {
            return underWay(epoch, received).at(durable, expected());
        }
        Answer answer = beganBelow(epoch, received, "held", head);
        diverged = answer;
        return answer.at(durable, expected());
    }

    /** The epoch that must be on record before the segment is taken; null if nothing is to be recorded. */
    static @Nullable LeaderEpoch adoption(SegmentHead head, @Nullable LeaderEpoch onRecord) {
        if (head.epoch() == 0 || onRecord != null && head.epoch() <= onRecord.number()) {
            return null;
        }
        return new LeaderEpoch(head.epoch(), head.epochStart() < 0 ? head.id().seqno() - 1 : head.epochStart());
    }

    /** The segment has come, and will be handed over. */
    void take(PushedSegment segment, boolean underEpoch) {
        fenced = underEpoch;
        diverged = null;
        next = Math.max(next, segment.last() + 1);
        if (segment.id().seqno() <= asked) {
            asked = 0;
        }
        inFlight.add(segment);
    }

    /** Nobody took the segment in time. */
    Runnable giveUp(PushedSegment segment) {
        inFlight.remove(segment);
        segment.letGo();
        next = Math.min(next, Math.max(segment.id().seqno(), durable + 1));
        return segment.answer(
                Answer.busy("segment " + segment.id() + ": the receiver did not ask for it in time; come again")
                        .at(durable, expected()));
    }

    /** Accepted, in the words of a sender who does not wait. */
    Runnable accepted(PushedSegment segment) {
        return segment.answer(Answer.accepted(durable, next - 1));
    }

    List<Runnable> acknowledge(long through) {
        durable = Math.max(durable, through);
        applied = Math.max(applied, durable);
        next = Math.max(next, durable + 1);
        if (heldFrom > 0 && heldFrom <= durable) {
            request(durable + 1);
        }
        List<Runnable> answers = new ArrayList<>();
        for (Iterator<PushedSegment> each = inFlight.iterator(); each.hasNext(); ) {
            PushedSegment segment = each.next();
            if (segment.last() <= durable) {
                each.remove();
                segment.letGo();
                answers.add(segment.answer(Answer.durable(durable)));
            }
        }
        return answers;
    }

    /** What was settled from here on is lost, as it was not durable: its senders send it again. */
    List<Runnable> request(long from) {
        heldFrom = 0;
        asked = Math.max(1, from);
        next = asked;
        applied = Math.min(applied, next - 1);
        List<Runnable> answers = new ArrayList<>();
        for (Iterator<PushedSegment> each = inFlight.iterator(); each.hasNext(); ) {
            PushedSegment segment = each.next();
            if (segment.state() == PushedSegment.State.SETTLED && segment.last() >= next && segment.last() > durable) {
                each.remove();
                answers.add(segment.answer(letGo(segment.id(), "the log went back to event " + (next - 1))));
            }
        }
        return answers;
    }

    void hold(long from) {
        heldFrom = heldFrom == 0 ? Math.max(1, from) : Math.min(heldFrom, Math.max(1, from));
    }

    /** What became of a segment, whoever had delivered it. */
    Runnable decided(SegmentOutcome outcome) {
        PushedSegment segment = inFlight.stream()
                .filter(one ->
                        one.state() == PushedSegment.State.EMITTED && one.id().equals(outcome.segment()))
                .findFirst()
                .orElse(null);
        if (outcome instanceof SegmentOutcome.Applied done) {
            applied = Math.max(applied, done.through());
            next = Math.max(next, applied + 1);
        }
        if (outcome instanceof SegmentOutcome.Applied || outcome instanceof SegmentOutcome.Duplicate) {
            return segment == null ? () -> {} : settled(segment);
        }
        next = Math.min(next, applied + 1);
        if (segment == null) {
            return () -> {};
        }
        inFlight.remove(segment);
        segment.letGo();
        return segment.answer(fate(outcome));
    }

    /** Applied or known: the answer is given when it is durable. */
    private Runnable settled(PushedSegment segment) {
        segment.settle();
        if (!segment.isAwaited()) {
            inFlight.remove(segment);
        }
        return () -> {};
    }

    private Answer fate(SegmentOutcome outcome) {
        if (outcome instanceof SegmentOutcome.Refused refused) {
            return refused(refused.fault());
        }
        if (outcome instanceof SegmentOutcome.Deferred deferred) {
            return letGo(deferred.segment(), deferred.reason());
        }
        String reason = outcome instanceof SegmentOutcome.Abandoned abandoned ? abandoned.reason() : outcome.toString();
        return Answer.unavailable("stopping", "segment " + outcome.segment() + " was given up: " + reason)
                .at(durable, expected());
    }

    private Answer letGo(WalSegmentId segment, String reason) {
        return Answer.busy("segment " + segment + " was let go: " + reason + "; send it again")
                .at(durable, expected());
    }

    private Answer refused(SegmentFault fault) {
        Answer answer = fault instanceof Corruption
                ? Answer.problem(422, "corrupt", "The segment is corrupt", fault.describe())
                : Answer.problem(422, "invalid-event", "An event cannot be applied", fault.describe());
        Map<String, Object> members = new LinkedHashMap<>(answer.members());
        members.put("batch", fault.batchIndex());
        members.put("byte", fault.byteOffset());
        members.put("field", fault.field());
        members.put("expectedValue", fault.expected());
        members.put("foundValue", fault.found());
        return Answer.of(422, members).at(durable, expected());
    }

    /** The subscription is over. */
    List<Runnable> close() {
        List<Runnable> answers = new ArrayList<>();
        for (PushedSegment segment : inFlight) {
            segment.letGo();
            answers.add(segment.answer(Answer.stopping()));
        }
        inFlight.clear();
        return answers;
    }
}
