package io.walreceiver.server.command;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpStatus;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells how a receiver follows: a line of figures, and each log and connection that gets into trouble or out of it. */
final class Following {

    private static final Duration TICK = Duration.ofMillis(500);
    private static final double TICKS_PER_SECOND = 2;

    private final Console console;
    private final LiveLine line;
    private final List<Transport> transports;
    private final boolean json;
    private final AtomicLong events = new AtomicLong();
    private final Map<LogId, LogState> states = new HashMap<>();
    private final Map<TcpTransport, String> connections = new HashMap<>();
    private long eventsBefore;

    Following(Console console, LiveLine line, List<Transport> transports, boolean json) {
        this.console = console;
        this.line = line;
        this.transports = transports;
        this.json = json;
    }

    static void listening(Console console, boolean json, String event, Endpoint address, String what) {
        synchronized (console) {
            if (json) {
                Json.line(console, new Listens(event, address.toString()));
            } else {
                console.out().println(what + " " + console.paint().bold(address.toString()));
                console.out().flush();
            }
        }
    }

    void count(SegmentOutcome outcome) {
        if (outcome instanceof Applied applied) {
            events.addAndGet(applied.newEvents());
        }
    }

    /** Of segments: those that come over a network are not counted in bytes. */
    long bytes() {
        return 0;
    }

    /** Tells until the receiver ends. */
    Mono<Void> watch(SegmentReceiver receiver) {
        Mono<?> over = receiver.statusChanges().ignoreElements();
        return Flux.interval(TICK)
                .onBackpressureDrop()
                .takeUntilOther(over.then(Mono.just(true)))
                .doOnNext(tick -> look(receiver.status()))
                .then();
    }

    private void look(ReceiverStatus status) {
        transports.stream()
                .filter(TcpTransport.class::isInstance)
                .map(TcpTransport.class::cast)
                .forEach(this::look);
        status.logs().forEach(this::look);
        long now = events.get();
        double rate = (now - eventsBefore) * TICKS_PER_SECOND;
        eventsBefore = now;
        if (!json) {
            line.show(summary(status, rate));
        }
    }

    private void look(TcpTransport source) {
        TcpStatus status = source.status();
        String now = status.state() + (status.state() == TcpStatus.State.CONNECTED ? "" : status.text());
        if (!now.equals(connections.put(source, now)) && status.state() != TcpStatus.State.IDLE) {
            tell(
                    () -> console.err().println(status.text()),
                    new Source("source", status.state().name(), status.text()));
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
        tell(
                () -> {
                    if (log.state() == LogState.RUNNING || log.state() == LogState.RECOVERING) {
                        console.err().println(text);
                    } else {
                        console.warning(text);
                    }
                },
                new Log("log", log.log().toString(), log.state().toString(), log.applied(), log.cause()));
    }

    private void tell(Runnable text, Object object) {
        if (json) {
            synchronized (console) {
                Json.line(console, object);
            }
        } else {
            line.tell(text);
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
                        .map(time -> " (" + Figures.seconds(time.toMillis() / 1e3) + ")")
                        .orElse("");
    }

    void stopped(Replayed replayed) {
        boolean drained = Objects.requireNonNull(replayed.report()).drained();
        if (json) {
            Json.line(console, new Stopped("stopped", replayed.events(), drained));
            return;
        }
        line.tell(() -> console.out()
                .println("stopped: " + Figures.counted(replayed.events(), "event") + " applied and durable"
                        + (drained ? "" : "; what was under way was dropped, and will be sent again")));
        console.out().flush();
    }

    private record Listens(String event, String address) {}

    private record Source(String event, String state, String text) {}

    private record Log(String event, String log, String state, long applied, Optional<String> cause) {}

    private record Stopped(String event, long events, boolean drained) {}
}
