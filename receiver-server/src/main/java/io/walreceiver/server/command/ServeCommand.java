package io.walreceiver.server.command;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.interrupt.UntilInterrupted;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.schemafile.EntityNames;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Follows leaders into a data directory. */
@Command(
        name = "serve",
        sortOptions = false,
        description = {
            "Follow leaders into a data directory: pull from publishers over TCP, take what is pushed over HTTP, or both.",
            "",
            "What is acknowledged is durable. Gaps and corrupt segments are asked for again; lost connections are made again. Goes on"
                    + " until it is interrupted, or every source says that its logs have ended."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:interrupted, or all logs have ended and were applied",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            Exit.INCOMPLETE_TEXT
        },
        footer = {
            "",
            "With --json one object per line: event (listening, publishing, source, log, stopped) and what belongs to it."
        })
final class ServeCommand implements Callable<Integer> {

    private static final Duration DRAINING = Duration.ofSeconds(10);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Console console;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            converter = Endpoints.Source.class,
            description = "A publisher to follow, tcp://HOST:PORT; may be repeated: what several send is merged.")
    private List<Endpoint> sources = List.of();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            converter = Endpoints.Web.class,
            description =
                    "Where to take segments that are pushed, http://HOST:PORT or https://HOST:PORT; port 0 is any.")
    private @Nullable Endpoint listen;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            required = true,
            description = "The data directory, which is made if need be.")
    private Path data = Path.of("");

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description = "The signal types, YAML or JSON. Stored at the first run, and may be left out later.")
    private @Nullable Path schemaFile;

    @Option(
            names = "--commit",
            paramLabel = "WHEN",
            converter = CommitConverter.class,
            description =
                    "When what was applied is made durable: commit (at once, the default), or how long to gather before.")
    private CommitPolicy commit = CommitPolicy.commit();

    @Option(
            names = "--publish",
            paramLabel = "ADDRESS",
            converter = Endpoints.Publisher.class,
            description = "Pass on what is durable here to followers of this one, tcp://HOST:PORT; port 0 is any.")
    private @Nullable Endpoint publish;

    @Option(
            names = "--web",
            paramLabel = "ADDRESS",
            converter = Endpoints.Web.class,
            description =
                    "Where the dashboard and the read API are, http://HOST:PORT or https://HOST:PORT; port 0 is any.")
    private @Nullable Endpoint web;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            defaultValue = "follower",
            description = "What this follower calls itself to publishers. Default: ${DEFAULT-VALUE}.")
    private String node = "follower";

    @Mixin
    private SecurityOptions security = new SecurityOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (sources.isEmpty() && listen == null) {
            throw CommandFailure.usage(
                    "no source: nothing would ever come",
                    "add --from tcp://HOST:PORT, or --listen http://127.0.0.1:7401 for what is pushed");
        }
        Optional<SignalSchema> schema = schemaFile == null
                ? Optional.empty()
                : Optional.of(SchemaFile.load(Arguments.file(schemaFile)).schema());
        DataInUse stored = DataInUse.replayedInto(console, data, schema, commit);
        try (UntilInterrupted stop = new UntilInterrupted(LONGEST_STOP, console::flush);
                LiveLine line = new LiveLine(console)) {
            Replayed replayed = follow(stored, line);
            int exit = stop.isInterrupted() ? Exit.OK : new StoppedLogs(console, segment -> List.of()).tell(replayed);
            return stop.ended(exit);
        }
    }

    /** All is closed when this returns: after an interrupt the program may be gone the moment the command has ended. */
    private Replayed follow(DataInUse stored, LiveLine line) throws IOException {
        try (Opened opened = new Opened()) {
            // Before anything is started, so that what is wrong with it is told at once.
            ServerSecurity forFollowers = publish == null
                    ? ServerSecurity.NONE
                    : opened.later(security.server(publish)).security();
            ServerSecurity forReaders = web == null
                    ? ServerSecurity.NONE
                    : opened.later(security.server(web)).security();
            List<Transport> transports = new ArrayList<>();
            for (Endpoint source : sources) {
                transports.add(follow(source, opened));
            }
            if (listen != null) {
                transports.add(take(listen, opened));
            }
            Transport transport = transports.size() == 1 ? transports.get(0) : Transport.merge(transports);
            Following following = new Following(console, line, transports, common.json());
            Replayed replayed = Quiet.run(() -> stored.replay(following::count)
                    .draining(DRAINING)
                    .run(
                            transport,
                            following::bytes,
                            (receiver, ledger) -> Mono.when(
                                    stored.showRecovery(receiver),
                                    answer(receiver, ledger, transports, forReaders, opened),
                                    serve(receiver, transport, forFollowers, following, opened))));
            stored.warn();
            following.stopped(replayed);
            return replayed;
        }
    }

    private TcpTransport follow(Endpoint source, Opened opened) throws IOException {
        SecurityOptions.Client known = opened.later(security.client(source));
        return TcpTransport.builder()
                .host(source.host())
                .port(source.port())
                .node(node)
                .security(known.security())
                .build();
    }

    private HttpPushTransport take(Endpoint endpoint, Opened opened) throws IOException {
        SecurityOptions.Server known = opened.later(security.server(endpoint));
        HttpPushTransport transport =
                HttpPushTransport.builder().security(known.security()).build();
        HttpListener server = Listening.on(endpoint, HttpListener.start(transport, endpoint.host(), endpoint.port()));
        opened.later(() -> server.stop(GRACE).block());
        Following.listening(
                console,
                common.json(),
                "listening",
                endpoint.at(server.address().getPort()),
                "taking segments that are pushed to");
        return transport;
    }

    /** Answers reads while the receiver runs. */
    private Mono<Void> answer(
            SegmentReceiver receiver,
            InMemorySignalLedger ledger,
            List<Transport> transports,
            ServerSecurity forReaders,
            Opened opened) {
        Endpoint where = web;
        if (where == null) {
            return Mono.empty();
        }
        return Mono.<Void>fromRunnable(() -> {
                    Follower follower = new Follower(
                            node,
                            data,
                            ledger.schema(),
                            EntityNames.NONE,
                            receiver,
                            ledger,
                            () -> Sources.of(transports),
                            Clock.systemUTC());
                    HttpListener server = Listening.on(
                            where, WebServer.start(forReaders, where.host(), where.port(), features(follower)));
                    opened.later(() -> server.stop(GRACE).block());
                    Following.listening(
                            console,
                            common.json(),
                            "web",
                            where.at(server.address().getPort()),
                            "dashboard and read API on");
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** What is answered over HTTP. */
    private static List<WebFeature> features(Follower follower) {
        return List.of();
    }

    /** What goes on while the receiver runs. */
    private Mono<Void> serve(
            SegmentReceiver receiver,
            Transport transport,
            ServerSecurity forFollowers,
            Following following,
            Opened opened) {
        Mono<Void> told = following.watch(receiver);
        Endpoint where = publish;
        if (where == null) {
            return told;
        }
        return receiver.statusChanges()
                .filter(status -> status.phase() != Phase.NEW && status.phase() != Phase.RECOVERING)
                .next()
                .filter(status -> status.phase() == Phase.RUNNING)
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(status -> publish(where, receiver, transport, forFollowers, opened))
                .then(told);
    }

    private void publish(
            Endpoint where, SegmentReceiver receiver, Transport transport, ServerSecurity forFollowers, Opened opened) {
        DataPublication publication = opened.later(DataPublication.live(
                StoredData.in(data),
                log -> receiver.durable(log).orElse(0),
                receiver.durableAdvances(),
                transport::epoch));
        TcpPublisher.Running running = Listening.on(
                where,
                TcpPublisher.builder(publication)
                        .host(where.host())
                        .port(where.port())
                        .security(forFollowers)
                        .build()
                        .start());
        opened.later(() -> running.stop(false).block());
        Following.listening(
                console,
                common.json(),
                "publishing",
                where.at(running.address().getPort()),
                "publishing what is durable on");
    }

    /** What has to be closed in the end, last first. */
    private static final class Opened implements AutoCloseable {

        private final Deque<AutoCloseable> resources = new ArrayDeque<>();

        synchronized <T extends AutoCloseable> T later(T resource) {
            resources.push(resource);
            return resource;
        }

        @Override
        public synchronized void close() {
            while (!resources.isEmpty()) {
                try {
                    resources.pop().close();
                } catch (Exception e) {
                    throw new IllegalStateException("it could not be closed", e);
                }
            }
        }
    }
}
