package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.interrupt.UntilInterrupted;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.netty.http.DirectoryShipper;
import io.walreceiver.transport.netty.http.HttpShipper;
import io.walreceiver.transport.netty.http.SegmentRejectedException;
import io.walreceiver.transport.netty.http.ShipReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Pushes a directory of segments to a follower. */
@Command(
        name = "ship",
        sortOptions = false,
        description = {
            "Push a directory of segments to a follower over HTTP: each log in order, from where the follower stands.",
            "",
            "A segment counts as shipped when it is durable there. Run again, it goes on where it stopped."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:all is durable at the follower, or interrupted with --follow",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            "3:the follower will not have a log's next segment"
        },
        footer = {"", "With --json one document: segments, bytes, seconds, durable (by log), failures (by log)."})
final class ShipCommand implements Callable<Integer> {

    private static final Duration LONGEST_STOP = Duration.ofSeconds(15);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Files named wal-{region}-{shard}-{seqno}.seg.")
    private Path directory = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "ADDRESS",
            required = true,
            converter = Endpoints.Follower.class,
            description = "The follower, http://HOST:PORT or https://HOST:PORT.")
    private Endpoint to = new Endpoint("http", "", 0);

    @Option(names = "--follow", description = "Go on with what is written later, until interrupted.")
    private boolean follow;

    @Option(names = "--epoch", paramLabel = "N", description = "The leader's epoch, 1 or more. Default: none.")
    private @Nullable Long epoch;

    @Option(
            names = "--epoch-start",
            paramLabel = "POSITION",
            defaultValue = "0",
            description =
                    "With --epoch: the last event of each log that the leader took over. Default: ${DEFAULT-VALUE}.")
    private long epochStart;

    @Mixin
    private SecurityOptions security = new SecurityOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    ShipCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        DirectoryTransport source = DirectoryTransport.builder()
                .directory(Arguments.directory(directory))
                .follow(follow)
                .build();
        HttpShipper.Builder options = HttpShipper.to(to.uri());
        if (epoch != null) {
            LeaderEpoch reign = Epochs.of(epoch, epochStart);
            options.epoch(log -> reign);
        }
        try (SecurityOptions.Client known = security.client(to);
                HttpShipper shipper = options.security(known.security()).build();
                UntilInterrupted stop = new UntilInterrupted(LONGEST_STOP, console::flush);
                LiveLine line = new LiveLine(console)) {
            long started = System.nanoTime();
            DirectoryShipper shipping = new DirectoryShipper(source, shipper);
            Disposable silence = warnOfSilence(shipper, line);
            ShipReport report;
            Disposable heads = tellHeads(source, shipper, shipping);
            try {
                report = ship(shipping, stop, line);
            } finally {
                heads.dispose();
                silence.dispose();
            }
            if (stop.isInterrupted() && !follow) {
                console.error("interrupted: not everything is durable at the follower yet");
                console.next("run the command again; it goes on from there");
                return stop.ended(Exit.FAILED);
            }
            return stop.ended(report(report, (System.nanoTime() - started) / NANOS_PER_SECOND));
        }
    }

    /** So that the follower knows how far it is behind. One that is not told of a head now is told of the next. */
    private static Disposable tellHeads(DirectoryTransport source, HttpShipper shipper, DirectoryShipper shipping) {
        return Flux.interval(HEARTBEAT)
                .onBackpressureDrop()
                .concatMap(tick -> Flux.fromIterable(
                                shipping.progress().durable().keySet())
                        .concatMap(log -> Mono.justOrEmpty(
                                        source.head(log).stream().boxed().findFirst())
                                .flatMap(head -> shipper.head(log, head, clockNanos())))
                        .onErrorComplete())
                .subscribe();
    }

    /** It is tried for as long as it takes, which looks like nothing at all. */
    private Disposable warnOfSilence(HttpShipper shipper, LiveLine line) {
        return shipper.positions()
                .timeout(PATIENCE)
                .subscribe(
                        positions -> {},
                        silence -> line.tell(() -> {
                            console.warning("no follower answers at " + to + " yet; it is tried until one does");
                            console.next("start one there: "
                                    + Shell.command("receiver serve --listen " + to + " --data DATA"));
                        }));
    }

    private static long clockNanos() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private ShipReport ship(DirectoryShipper shipping, UntilInterrupted stop, LiveLine line) {
        Sinks.Empty<Void> interrupted = Sinks.empty();
        Thread waiter = new Thread(
                () -> {
                    stop.await();
                    interrupted.tryEmitEmpty();
                },
                "ship-stop");
        waiter.setDaemon(true);
        waiter.start();
        Disposable ticks = Flux.interval(TICK)
                .onBackpressureDrop()
                .subscribe(tick -> line.show(
                        "shipped " + Figures.counted(shipping.progress().segments(), "segment") + ", "
                                + Figures.bytes(shipping.progress().bytes())));
        try {
            ShipReport report = Mono.firstWithSignal(
                            shipping.ship(), interrupted.asMono().then(Mono.fromSupplier(shipping::progress)))
                    .block();
            return report == null ? shipping.progress() : report;
        } catch (RuntimeException e) {
            Throwable cause = Exceptions.unwrap(e);
            throw CommandFailure.failed(
                    to + ": " + cause.getMessage(),
                    "see that a follower listens there, such as " + Shell.command("receiver serve --listen " + to));
        } finally {
            ticks.dispose();
            waiter.interrupt();
        }
    }

    private int report(ShipReport report, double seconds) {
        Map<String, Long> durable = new TreeMap<>();
        report.durable().forEach((log, position) -> durable.put(log.toString(), position));
        Map<String, String> failures = new TreeMap<>();
        report.failures().forEach((log, failure) -> failures.put(log.toString(), String.valueOf(failure.getMessage())));
        if (common.json()) {
            Json.document(console, new Document(report.segments(), report.bytes(), seconds, durable, failures));
        } else {
            console.out()
                    .println("shipped " + console.paint().bold(Figures.counted(report.segments(), "segment")) + " ("
                            + Figures.bytes(report.bytes()) + ") of " + Figures.counted(durable.size(), "log") + " in "
                            + Figures.seconds(seconds));
        }
        report.failures().forEach(this::tell);
        return report.failures().isEmpty() ? Exit.OK : Exit.INCOMPLETE;
    }

    private void tell(LogId log, Throwable failure) {
        console.error("log " + log + ": " + failure.getMessage());
        if (failure instanceof SegmentRejectedException) {
            console.next("see the follower's status; "
                    + Shell.command("receiver verify " + Shell.quote(directory.toString()))
                    + " says whether the files are whole");
        }
    }

    private record Document(
            long segments, long bytes, double seconds, Map<String, Long> durable, Map<String, String> failures) {}
}
