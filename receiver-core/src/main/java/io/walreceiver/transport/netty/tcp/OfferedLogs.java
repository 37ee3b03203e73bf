package io.walreceiver.transport.netty.tcp;

import io.walreceiver.format.LogId;
import io.walreceiver.transport.SkippedEvents;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The logs of one follower's connection: how each stands, and which it takes. Belongs to the connection's event loop, but for what says
 * otherwise; what blocks is asked on its worker.
 */
final class OfferedLogs {

    private static final int MAX_LOGS = 1 << 16;

    private final PublisherConnection connection;
    private final PublisherServer server;
    private final Publication publication;
    private final Map<LogId, PublishedLog> logs = new HashMap<>();
    /** What the follower wants of what it was offered: read by the publication's threads. */
    private final Set<LogId> taken = ConcurrentHashMap.newKeySet();

    private final Map<LogId, Long> acknowledged = new ConcurrentHashMap<>();
    private boolean onlyNamed;
    private boolean listed;

    OfferedLogs(PublisherConnection connection, PublisherServer server) {
        this.connection = connection;
        this.server = server;
        this.publication = server.publication();
    }

    /** The follower says where it stands in a log. */
    void resume(Frame.Resume resume) {
        if (logs.size() >= MAX_LOGS) {
            throw new ProtocolException("frame RESUME: expected at most " + MAX_LOGS + " logs, found one more");
        }
        logs.put(resume.log(), new PublishedLog(resume.position(), resume.lastBatch()));
    }

    /**
     * Tells how each log stands, then that these are all.
     *
     * @param namedAlone whether to offer no others than the follower has named
     */
    void offer(boolean namedAlone) {
        onlyNamed = namedAlone;
        connection.work(this::list);
    }

    /** Whether all were told of. */
    boolean listed() {
        return listed;
    }

    /**
     * The follower takes a log.
     *
     * @return where it stands in it; -1 if it cannot be taken, or is already
     */
    long take(LogId id) {
        PublishedLog log = logs.get(id);
        if (log == null || log.verdict != Frame.Verdict.OK || !taken.add(id)) {
            return -1;
        }
        acknowledged.merge(id, log.position, Math::max);
        return log.position;
    }

    /** Whether it was taken. Any thread. */
    boolean isTaken(LogId log) {
        return taken.contains(log);
    }

    /** Those that were taken. Any thread. */
    Set<LogId> taken() {
        return taken;
    }

    /** Takes note of an acknowledgement; whether the log was taken. */
    boolean acknowledge(LogId log, long through) {
        if (!isTaken(log)) {
            return false;
        }
        acknowledged.merge(log, through, Math::max);
        return true;
    }

    /** Through where each log that was taken is durable at the follower. Any thread. */
    Map<LogId, Long> acknowledged() {
        return acknowledged;
    }

    /** Where the follower stood in each. */
    Map<LogId, Long> positions() {
        Map<LogId, Long> positions = new HashMap<>();
        logs.forEach((id, log) -> positions.put(id, log.position));
        return positions;
    }

    /** What was asked for is not there any more. */
    void pruned(Frame.Log told) {
        PublishedLog log = logs.get(told.log());
        if (log != null && taken.remove(told.log())) {
            tell(log, told);
            connection.flush();
        }
    }

    /** The connection is over. */
    void clear() {
        taken.clear();
    }

    /** Looks what has changed at the source. */
    void look() {
        PublisherServer.Survey survey = server.survey();
        if (!onlyNamed) {
            survey.skips().keySet().stream()
                    .filter(log -> !logs.containsKey(log) && connection.mayRead(log))
                    .limit(Math.max(0, MAX_LOGS - logs.size()))
                    .toList()
                    .forEach(log -> logs.put(log, new PublishedLog(0, null)));
        }
        logs.forEach((id, log) -> {
            if (log.verdict == null || log.verdict == Frame.Verdict.AHEAD && caughtUp(id, log)) {
                if (!log.asked) {
                    log.asked = true;
                    connection.work(asks -> judge(asks, id, log));
                }
            } else if (isTaken(id)) {
                tell(id, log, survey.skips().getOrDefault(id, List.of()));
                if (!Optional.ofNullable(log.epoch).equals(publication.epoch(id))) {
                    connection.leave(Drop.SOURCE, "log " + id + " is under another epoch now");
                }
            }
        });
    }

    private boolean caughtUp(LogId id, PublishedLog log) {
        return publication.head(id).orElse(-1) >= log.position;
    }

    private void list(Verdicts asks) throws IOException {
        Map<LogId, PublishedLog> all = new HashMap<>(logs); // nothing is added before this has an end
        if (!onlyNamed) {
            for (LogId log : publication.logs()) {
                if (connection.mayRead(log)) {
                    all.putIfAbsent(log, new PublishedLog(0, null));
                }
            }
        }
        for (Map.Entry<LogId, PublishedLog> each : all.entrySet()) {
            judge(asks, each.getKey(), each.getValue());
        }
        connection.onLoop(() -> {
            listed = true;
            connection.write(new Frame.Done(false));
            connection.flush();
        });
    }

    private void judge(Verdicts asks, LogId id, PublishedLog log) throws IOException {
        Frame.Log told = asks.judge(id, log.position, log.lastBatch);
        List<SkippedEvents> skips = told.verdict() == Frame.Verdict.OK ? asks.skipsAbove(id, log.position) : List.of();
        connection.onLoop(() -> {
            logs.put(id, log);
            log.asked = false;
            if (told.verdict() != log.verdict) {
                tell(log, told);
                tell(id, log, skips);
                connection.flush();
            }
        });
    }

    private void tell(PublishedLog log, Frame.Log told) {
        log.verdict = told.verdict();
        log.epoch = told.epoch();
        connection.write(told);
    }

    private void tell(LogId id, PublishedLog log, List<SkippedEvents> skips) {
        for (SkippedEvents skip : skips) {
            if (skip.through() > log.position && log.skipsTold.add(skip)) {
                connection.write(new Frame.Skip(id, skip));
            }
        }
    }
}
