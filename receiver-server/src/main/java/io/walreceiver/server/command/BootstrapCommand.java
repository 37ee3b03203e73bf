package io.walreceiver.server.command;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.Progress;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.storage.Bootstrap;
import io.walreceiver.storage.Bootstrap.Installed;
import io.walreceiver.storage.CheckpointSource;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.transport.netty.tcp.TcpCheckpoints;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Starts logs from another follower's checkpoints. */
@Command(
        name = "bootstrap",
        sortOptions = false,
        description = {
            "Start logs of a data directory from the checkpoints of another follower: the way out where a leader has pruned what would"
                    + " come next, or a log has diverged from its leader's; and the quick way in for a new follower.",
            "",
            "Fetches the newest checkpoint of each log, checks every bit, installs it, and follows the publisher until it has caught up."
                    + " Cut short, it goes on where it was when it is run again. Without --log only logs of which nothing is stored are"
                    + " installed; one that is named replaces what is there, which is put aside."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:installed, and caught up with the publisher",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.INCOMPLETE_TEXT
        },
        footer = {
            "",
            "With --json one document: installed (log, position, replaced), followed (whether the log after them was), events."
        })
final class BootstrapCommand implements Callable<Integer> {

    private static final long MEGABYTE = 1_000_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration DRAINING = Duration.ofSeconds(10);
    private static final String TCP = "tcp://";

    private final Console console;

    @Option(
            names = "--from",
            paramLabel = "SOURCE",
            required = true,
            description = "A follower that publishes, tcp://HOST:PORT, or the data directory of one.")
    private String from = "";

    @Option(
            names = "--data",
            paramLabel = "DATA",
            required = true,
            description = "The data directory, which is made if need be.")
    private Path data = Path.of("");

    @Option(
            names = "--log",
            paramLabel = "LOG",
            converter = DataOptions.LogConverter.class,
            description = "A log to install, REGION:SHARD, in place of what is there; may be repeated.")
    private List<LogId> logs = List.of();

    @Option(names = "--force", description = "With --log: even if what is there goes further than the checkpoint.")
    private boolean force;

    @Option(names = "--drop-replaced", description = "With --log: drop what is replaced instead of putting it aside.")
    private boolean drops;

    @Option(names = "--checkpoints-only", description = "Do not follow the log after the checkpoints.")
    private boolean checkpointsOnly;

    @Mixin
    private SecurityOptions security = new SecurityOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    BootstrapCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (logs.isEmpty() && (force || drops)) {
            throw CommandFailure.usage(
                    (force ? "--force" : "--drop-replaced") + ": nothing is replaced without --log", "add --log LOG");
        }
        if (!from.startsWith(TCP)) {
            List<Installed> installed = install(CheckpointSource.of(Arguments.data(Path.of(from))));
            return finish(installed, Optional.empty());
        }
        Endpoint publisher = endpoint();
        try (SecurityOptions.Client known = security.client(publisher)) {
            List<Installed> installed = install(new NetworkCheckpoints(
                    new TcpCheckpoints(publisher.host(), publisher.port(), known.security(), "bootstrap", TIMEOUT),
                    publisher.toString()));
            return finish(installed, checkpointsOnly ? Optional.empty() : Optional.of(follow(publisher, known)));
        }
    }

    private Endpoint endpoint() {
        try {
            return Endpoint.parse(from, Set.of(Endpoints.TCP), 1);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--from: " + e.getMessage(), "or name the data directory of a follower");
        }
    }

    private List<Installed> install(CheckpointSource source) throws IOException {
        try (Fetching fetching = new Fetching()) {
            return Bootstrap.into(data)
                    .logs(logs)
                    .force(force)
                    .dropsReplaced(drops)
                    .onProgress(fetching)
                    .build()
                    .from(source);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.lastIndexOf("; ");
            throw CommandFailure.usage(
                    end < 0 ? message : message.substring(0, end),
                    end < 0 ? "nothing was changed" : message.substring(end + 2));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Until everything that the publisher has is applied here. */
    private Replayed follow(Endpoint publisher, SecurityOptions.Client known) throws IOException {
        TcpTransport transport = TcpTransport.builder()
                .host(publisher.host())
                .port(publisher.port())
                .node("bootstrap")
                .security(known.security())
                .build();
        DataInUse stored = DataInUse.replayedInto(console, data, Optional.empty(), CommitPolicy.commit());
        return Quiet.run(() -> stored.replay(outcome -> {})
                .run(
                        transport,
                        () -> 0,
                        receiver -> Mono.when(stored.showRecovery(receiver), stopWhenCaughtUp(receiver, transport))));
    }

    private static Mono<Void> stopWhenCaughtUp(SegmentReceiver receiver, TcpTransport transport) {
        return Flux.interval(TICK)
                .onBackpressureDrop()
                .map(tick -> receiver.status())
                .filter(status -> status.phase() == Phase.STOPPED || hasCaughtUp(status, transport))
                .next()
                .flatMap(status -> receiver.stop(DRAINING))
                .then();
    }

    /** A log that is in trouble will not catch up. */
    private static boolean hasCaughtUp(ReceiverStatus status, TcpTransport transport) {
        return status.phase() == Phase.RUNNING
                && !status.logs().isEmpty()
                && status.logs().stream()
                        .allMatch(log -> transport.trouble(log.log()).isPresent() || isCurrent(log));
    }

    private static boolean isCurrent(LogStatus log) {
        return log.heartbeatAge().isPresent() && log.lagEvents().orElse(1) == 0 && log.durable() >= log.applied();
    }

    private int finish(List<Installed> installed, Optional<Replayed> followed) {
        if (common.json()) {
            Json.document(
                    console,
                    new Document(
                            installed.stream().map(BootstrapCommand::json).toList(),
                            followed.isPresent(),
                            followed.map(Replayed::events)));
        } else {
            installed.forEach(this::tell);
            if (installed.isEmpty()) {
                console.out()
                        .println(
                                "nothing to install: every log that is offered is there; name one with --log to replace it");
            }
            followed.ifPresent(replayed -> console.out()
                    .println("followed  " + Figures.counted(replayed.events(), "event") + " after "
                            + (installed.size() == 1 ? "it" : "them")));
            if (followed.isEmpty()) {
                console.next("follow the log after "
                        + (installed.size() == 1 ? "it" : "them") + " with "
                        + Shell.command(
                                "receiver serve --from tcp://HOST:PORT --data " + Shell.quote(data.toString())));
            }
        }
        return followed.map(replayed -> new StoppedLogs(console, segment -> List.of()).tell(replayed))
                .orElse(Exit.OK);
    }

    private void tell(Installed log) {
        console.out()
                .println("installed " + log.log() + " through event " + Figures.count(log.position())
                        + log.replaced()
                                .map(path -> "; what was there is in " + path)
                                .orElse(""));
    }

    private static InstalledJson json(Installed log) {
        return new InstalledJson(
                log.log().toString(), log.position(), log.replaced().map(Path::toString));
    }

    private record InstalledJson(String log, long position, Optional<String> replaced) {}

    private record Document(List<InstalledJson> installed, boolean followed, Optional<Long> events) {}

    /** Shows how much has been fetched. */
    private final class Fetching implements Bootstrap.Progress, AutoCloseable {

        private @Nullable Progress progress;
        private long shown;

        @Override
        public void fetched(LogId log, long bytes, long totalBytes) {
            Progress bar = progress;
            if (bar == null) {
                bar = Progress.on(console, "fetching", "MB", MEGABYTE, totalBytes);
                progress = bar;
            }
            bar.advance(bytes - shown);
            shown = bytes;
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
