package io.walreceiver.server.command;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.demo.DemoStory;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.service.Listens;
import io.walreceiver.server.service.ServiceEnd;
import io.walreceiver.server.service.ServiceEvents;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpStatus;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells how a receiver follows: a line of figures, and each log and connection that gets into trouble or out of it. */
final class Following implements ServiceEvents {

    private static final Logger LOG = LoggerFactory.getLogger(Following.class);

    private static final Duration TICK = Duration.ofMillis(500);
    private static final double TICKS_PER_SECOND = 2;
    private static final Duration WORTH_TELLING = Duration.ofMillis(100);
    private static final int MOST_LOGS = 8;

    private final Console console;
    private final LiveLine line;
    private final boolean json;
    /** Whether what happens is told in the log, which a machine reads. */
    private final boolean logged;

    private final LongAdder events = new LongAdder();
    private final Map<LogId, LogState> states = new HashMap<>();
    private final Map<TcpTransport, String> connections = new HashMap<>();
    private long eventsBefore;

    Following(Console console, LiveLine line, boolean json, boolean logged) {
        this.console = console;
        this.line = line;
        this.json = json;
        this.logged = logged;
    }

    @Override
    public void listens(Listens what, Endpoint where) {
        switch (what) {
            case PUSH -> listening("listening", where, "taking segments that are pushed to");
            case PUBLISH -> listening("publishing", where, "publishing what is durable on");
            case WEB -> listening("web", where, "dashboard and API on");
        }
    }

    private void listening(String event, Endpoint where, String text) {
        tell(
                Level.INFO,
                text + " " + where,
                () -> {
                    console.out().println(text + " " + console.paint().bold(where.toString()));
                    console.out().flush();
                },
                new Listening(event, where.toString()));
    }

    @Override
    public void demo(DemoStory story, int pace) {
        Duration takes = story.at(pace);
        tell(
                "the public git history of reactor/reactor-core, "
                        + day(story.begins()) + " to " + day(story.ends()) + ": "
                        + Figures.counted(story.events(), "event") + ", " + Figures.count(pace)
                        + " a second, about " + Figures.seconds(takes.toSeconds())
                        + "; a leader in this process replays it, and its clock is that of the history",
                new Demo("demo", story.events(), pace));
    }

    @Override
    public void demoIsThrough() {
        tell(
                "the history is through: the leader writes no more, and the follower stays caught up with"
                        + " it; start again to see it once more, --pace says how fast",
                new Through("demo-through"));
    }

    @Override
    public void finding(RecoveryFinding finding) {
        warn(
                finding.kind() + ": " + finding.text(),
                new Finding("finding", finding.kind().toString(), finding.text()));
    }

    @Override
    public void outcome(SegmentOutcome outcome) {
        if (outcome instanceof Applied applied) {
            events.add(applied.newEvents());
        }
    }

    @Override
    public Mono<Void> follows(SegmentReceiver receiver, List<Transport> sources, long bytesToRecover) {
        Mono<?> over = receiver.statusChanges().ignoreElements();
        return Mono.when(
                DataInUse.showRecovery(console, receiver, bytesToRecover),
                Flux.interval(TICK)
                        .onBackpressureDrop()
                        .takeUntilOther(over.then(Mono.just(true)))
                        .doOnNext(tick -> look(sources, receiver.status())));
    }

    @Override
    public void stopping(Duration deadline) {
        tell(
                "stopping: no more is taken; what has come is applied and made durable, within "
                        + Figures.seconds(deadline.toMillis() / 1e3) + " (a second interrupt ends at once)",
                new Stopping("stopping", deadline.toMillis()));
    }

    @Override
    public void closed(String what, Duration took, String failure) {
        Closed closed = new Closed(
                "closed", what, took.toMillis(), failure.isEmpty() ? Optional.empty() : Optional.of(failure));
        if (!failure.isEmpty()) {
            warn(what + " could not be closed: " + failure, closed);
        } else if (json || took.compareTo(WORTH_TELLING) > 0) {
            tell("closed " + what + " in " + Figures.seconds(took.toMillis() / 1e3), closed);
        }
    }

    private void look(List<Transport> sources, ReceiverStatus status) {
        sources.stream()
                .filter(TcpTransport.class::isInstance)
                .map(TcpTransport.class::cast)
                .forEach(this::look);
        status.logs().forEach(this::look);
        long now = events.sum();
        double rate = (now - eventsBefore) * TICKS_PER_SECOND;
        eventsBefore = now;
        if (!json && !logged) {
            line.show(summary(status, rate));
        }
    }

    private void look(TcpTransport source) {
        TcpStatus status = source.status();
        String now = status.state() + (status.state() == TcpStatus.State.CONNECTED ? "" : status.text());
        if (!now.equals(connections.put(source, now)) && status.state() != TcpStatus.State.IDLE) {
            tell(status.text(), new Source("source", status.state().name(), status.text()));
        }
    }

    private void look(LogStatus log) {
        LogState before = states.put(log.log(), log.state());
        boolean news = before == null ? log.state() != LogState.RUNNING : before != log.state();
        if (!news) {
            return;
        }
        String text = "log " + log.log() + " " + log.state() + " after event " + Figures.count(log.applied())
                + log.cause().map(cause -> ": " + cause).orElse("");
        Log object = new Log("log", log.log().toString(), log.state().toString(), log.applied(), log.cause());
        if (log.state() == LogState.RUNNING || log.state() == LogState.RECOVERING) {
            tell(text, object);
        } else {
            warn(text, object);
        }
    }

    private void tell(String text, Object object) {
        tell(Level.INFO, text, () -> console.err().println(text), object);
    }

    private void warn(String text, Object object) {
        tell(Level.WARN, text, () -> console.warning(text), object);
    }

    private void tell(Level level, String text, Runnable forPeople, Object object) {
        if (logged) {
            LOG.atLevel(level).log(text);
        }
        if (json) {
            synchronized (console) {
                Json.line(console, object);
            }
        } else if (!logged) {
            line.tell(forPeople);
        }
    }

    private static String summary(ReceiverStatus status, double rate) {
        long applied = status.logs().stream().mapToLong(LogStatus::applied).sum();
        long waiting = status.logs().stream()
                .filter(log -> log.state() != LogState.RUNNING)
                .count();
        return Figures.counted(status.logs().size(), "log") + ", " + Figures.count(applied) + " events applied, "
                + Figures.count(Math.round(rate)) + "/s, " + lag(status.logs())
                + (waiting > 0 ? ", " + Figures.counted(waiting, "log") + " waiting" : "");
    }

    /** Unknown is not zero. */
    private static String lag(List<LogStatus> logs) {
        if (logs.isEmpty()) {
            return "lag unknown";
        }
        if (logs.stream().anyMatch(log -> log.lagEvents().isEmpty())) {
            return "lag unknown";
        }
        long events = logs.stream()
                .map(LogStatus::lagEvents)
                .mapToLong(OptionalLong::getAsLong)
                .sum();
        Optional<Duration> worst =
                logs.stream().map(LogStatus::lagTime).flatMap(Optional::stream).max(Duration::compareTo);
        return Figures.counted(events, "event") + " behind"
                + worst.filter(time -> events > 0)
                        .map(time -> " (" + text(time) + ")")
                        .orElse("");
    }

    private static String text(Duration time) {
        return time.toDays() > 1 ? Figures.counted(time.toDays(), "day") : Figures.seconds(time.toMillis() / 1e3);
    }

    /** What came of it, and after an interrupt what was done about the rest. */
    void stopped(ServiceEnd end) {
        StopReport report = end.replayed().report();
        Map<String, Long> durable = new LinkedHashMap<>();
        report.status().logs().forEach(log -> durable.put(log.log().toString(), log.durable()));
        String drained = end.interrupted() ? drained(end) : "";
        String stopped = stopped(end, durable);
        tell(
                Level.INFO,
                stopped + (drained.isEmpty() ? "" : "; " + drained),
                () -> {
                    if (!drained.isEmpty()) {
                        console.err().println(drained);
                    }
                    console.out().println(stopped);
                    console.out().flush();
                },
                new Stopped(
                        "stopped",
                        end.replayed().events(),
                        report.drained(),
                        end.drainedSegments(),
                        end.drainedEvents(),
                        end.dropped(),
                        report.notDrained().stream().map(LogId::toString).toList(),
                        durable,
                        end.inTime(),
                        end.took().toMillis()));
    }

    private static String drained(ServiceEnd end) {
        return "drained " + Figures.counted(end.drainedSegments(), "segment") + ", "
                + Figures.counted(end.drainedEvents(), "new event")
                + (end.dropped() == 0
                        ? ""
                        : "; let go, and to be sent again: " + Figures.counted(end.dropped(), "segment")
                                + " that waited behind a gap");
    }

    private static String stopped(ServiceEnd end, Map<String, Long> durable) {
        StopReport report = end.replayed().report();
        return "stopped: " + Figures.counted(end.replayed().events(), "event") + " applied and durable"
                + (report.drained()
                        ? ""
                        : "; what was under way was dropped, and will be sent again: "
                                + texts(report.notDrained().stream()
                                        .map(LogId::toString)
                                        .toList()))
                + (durable.isEmpty()
                        ? ""
                        : "; durable through "
                                + texts(durable.entrySet().stream()
                                        .map(log -> log.getKey() + " " + Figures.count(log.getValue()))
                                        .toList()));
    }

    private static String texts(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(MOST_LOGS, all.size())))
                + (all.size() > MOST_LOGS ? " and " + Figures.count(all.size() - MOST_LOGS) + " more" : "");
    }

    private static String day(Instant time) {
        return time.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    private record Listening(String event, String address) {}

    private record Demo(String event, long events, int pace) {}

    private record Through(String event) {}

    private record Finding(String event, String kind, String text) {}

    private record Stopping(String event, long deadlineMillis) {}

    private record Closed(String event, String what, long millis, Optional<String> failure) {}

    private record Source(String event, String state, String text) {}

    private record Log(String event, String log, String state, long applied, Optional<String> cause) {}

    private record Stopped(
            String event,
            long events,
            boolean drained,
            long drainedSegments,
            long drainedEvents,
            long droppedSegments,
            List<String> droppedLogs,
            Map<String, Long> durable,
            boolean inTime,
            long millis) {}
}
