package io.walreceiver.server.service;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.server.config.EffectiveConfig;
import io.walreceiver.server.config.HostNames;
import io.walreceiver.server.config.Listener;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.config.Source;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.interrupt.StopSignal;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebServer;
import io.walreceiver.server.web.admin.AdminAddress;
import io.walreceiver.server.web.operate.Surroundings;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.http.HttpListener;
import io.walreceiver.transport.netty.http.HttpPushTransport;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The standalone follower. It is opened from what is quick and most likely wrong to what takes long: files of security, the schema, ports,
 * and last the recovery, during which the API answers already. It ends the other way round: no more is taken, which makes it unready;
 * what has come is applied, made durable and acknowledged; streams end; listeners stop.
 */
public final class Service {

    /** A request that dawdles may not take all the time that is left. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final double NANOS_PER_SECOND = 1e9;

    private final EffectiveConfig effective;
    private final ServiceEvents events;
    private final Opened opened = new Opened();
    private final DrainCount drained = new DrainCount();
    private volatile Optional<Endpoint> pushedTo = Optional.empty();
    private Optional<Endpoint> answersAt = Optional.empty();
    private ServerConfig config;
    private Clock clock = Clock.systemUTC();

    /**
     * A service that does nothing yet.
     *
     * @param effective its options
     * @param events told what it does
     */
    public Service(EffectiveConfig effective, ServiceEvents events) {
        this.effective = effective;
        this.events = events;
        this.config = effective.config();
    }

    /**
     * Runs until all logs have ended, or somebody says stop. Blocks; can be called once. Everything is closed when it returns or throws.
     *
     * @throws ServiceFailure if it cannot be started
     * @throws IOException if a file cannot be read
     */
    public ServiceEnd run(StopSignal stop) throws IOException {
        long started = System.nanoTime();
        Running running;
        try {
            running = open();
        } catch (IOException | RuntimeException e) {
            opened.close(Deadline.in(config.shutdown().deadline()));
            throw e;
        }
        Ending ending = new Ending(running.receiver(), config.shutdown().deadline(), drained, events);
        Thread waiter = ending.beginWhen(stop);
        Replayed replayed;
        try {
            StopReport report = ending.await(running.work());
            replayed = new Replayed(
                    running.ledger(),
                    report,
                    List.of(),
                    new TreeMap<>(),
                    0,
                    (System.nanoTime() - started) / NANOS_PER_SECOND);
        } finally {
            waiter.interrupt();
            ending.close(opened);
        }
        return ending.end(replayed, stop.isInterrupted());
    }

    private record Running(SegmentReceiver receiver, InMemorySignalLedger ledger, Mono<Void> work) {}

    private Running open() throws IOException {
        if (config.demo().enabled()) {
            openDemo();
        }
        SecurityFiles files = new SecurityFiles(config.security(), opened);
        ServerSecurity forPushers = files.of(config.push());
        ServerSecurity forFollowers = files.of(config.publish());
        ServerSecurity forReaders = files.of(config.web());
        StoredIn stored = StoredIn.look(config);
        config.publish().listen().ifPresent(Listening::check);

        List<Transport> transports = new ArrayList<>();
        for (Source source : config.sources()) {
            transports.add(follow(source, files));
        }
        Optional<HttpPushTransport> pushed = config.push().listen().map(where -> pushed(forPushers));
        pushed.ifPresent(transports::add);
        Transport transport = transports.size() == 1 ? transports.get(0) : Transport.merge(transports);

        InMemorySignalLedger ledger = InMemorySignalLedger.create(stored.schema());
        SegmentReceiver receiver = SegmentReceiver.create(
                transport, ledger, stored.schema(), stored.storage(events::finding), stored.receiverOptions());
        Features features = Features.of(
                new Follower(
                        config.node(),
                        config.data().directory(),
                        stored.schema(),
                        stored.names(),
                        receiver,
                        ledger,
                        () -> Sources.of(transports, pushedTo),
                        clock),
                config,
                Surroundings.of(transports, Map.of("web", forReaders, "publish", forFollowers, "push", forPushers)));
        answer(features, forReaders);
        pushed.ifPresent(push -> take(push, forPushers));
        Mono<Void> told = events.follows(receiver, transports, stored.bytesToRecover());
        Mono<Void> work = Mono.when(
                told,
                tellCommands(receiver),
                publishOnceRecovered(receiver, transport, forFollowers),
                receive(receiver, features));
        return new Running(receiver, ledger, work);
    }

    /** Operators' commands on this machine find the service by its data directory. */
    private Mono<Void> tellCommands(SegmentReceiver receiver) {
        return Mono.justOrEmpty(answersAt)
                .flatMap(where -> AdminAddress.tell(receiver, config.data().directory(), where));
    }

    private void openDemo() throws IOException {
        DemoHome demo = opened.later("demo", DemoHome.open(config, effective.isGiven("data.directory"), events));
        config = demo.in(config);
        clock = demo.clock();
    }

    private Mono<Void> receive(SegmentReceiver receiver, Features features) {
        return receiver.receive().doOnNext(outcome -> tell(outcome, features)).then();
    }

    private void tell(SegmentOutcome outcome, Features features) {
        drained.accept(outcome);
        events.outcome(outcome);
        features.observers().forEach(observer -> observer.accept(outcome));
    }

    private TcpTransport follow(Source source, SecurityFiles files) throws IOException {
        return TcpTransport.builder()
                .host(source.address().host())
                .port(source.address().port())
                .node(config.node())
                .maxSegmentBytes(config.receiver().maxSegmentBytes())
                .security(files.of(source))
                .build();
    }

    private HttpPushTransport pushed(ServerSecurity forPushers) {
        return HttpPushTransport.builder()
                .security(forPushers)
                .maxSegmentBytes(config.receiver().maxSegmentBytes())
                .maxInFlightBytes(Math.max(
                        config.receiver().maxSegmentBytes(), config.receiver().maxInFlightBytes() / 2))
                .build();
    }

    private void take(HttpPushTransport push, ServerSecurity security) {
        listen(Listens.PUSH, config.push(), security, where -> HttpListener.start(push, where.host(), where.port()));
    }

    private void answer(Features features, ServerSecurity security) {
        features.web().forEach(feature -> {
            if (feature instanceof AutoCloseable closeable) {
                opened.later(feature.getClass().getSimpleName(), closeable);
            }
        });
        listen(
                Listens.WEB,
                config.web(),
                security,
                where -> WebServer.start(
                        security,
                        where.host(),
                        where.port(),
                        config.web().names().map(HostNames::names).orElse(List.of()),
                        features.web(),
                        config.web().maxConnections(),
                        config.web().requestDeadline()));
        opened.later("streams", () -> features.web().forEach(WebFeature::endStreams));
    }

    private interface Start {
        Mono<HttpListener> at(Endpoint where);
    }

    private void listen(Listens what, Listener listener, ServerSecurity security, Start start) {
        listener.listen().ifPresent(where -> {
            HttpListener server = Listening.on(where, start.at(where));
            opened.later(
                    "listener for " + what.toString().toLowerCase(Locale.ROOT),
                    server,
                    time -> server.stop(time.compareTo(GRACE) < 0 ? time : GRACE)
                            .block());
            tellOf(what, where, server.address().getPort(), security);
        });
    }

    private void tellOf(Listens what, Endpoint where, int port, ServerSecurity security) {
        Endpoint chosen = where.at(port);
        boolean http = chosen.scheme().equals("http");
        Endpoint told = http && security.tls() != null ? new Endpoint("https", chosen.host(), port) : chosen;
        if (what == Listens.PUSH) {
            pushedTo = Optional.of(told);
        } else if (what == Listens.WEB) {
            answersAt = Optional.of(told);
        }
        events.listens(what, told);
    }

    /** What is durable is known only then. */
    private Mono<Void> publishOnceRecovered(
            SegmentReceiver receiver, Transport transport, ServerSecurity forFollowers) {
        return Mono.justOrEmpty(config.publish().listen())
                .flatMap(where -> receiver.statusChanges()
                        .filter(status -> status.phase() != Phase.NEW && status.phase() != Phase.RECOVERING)
                        .next()
                        .filter(status -> status.phase() == Phase.RUNNING)
                        .publishOn(Schedulers.boundedElastic())
                        .doOnNext(status -> publish(where, receiver, transport, forFollowers))
                        .then());
    }

    private void publish(Endpoint where, SegmentReceiver receiver, Transport transport, ServerSecurity forFollowers) {
        DataPublication publication = opened.later(
                "publication",
                DataPublication.live(
                        StoredData.in(config.data().directory()),
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
        opened.later(
                "listener for followers", running, time -> running.stop(false).block(time));
        tellOf(Listens.PUBLISH, where, running.address().getPort(), forFollowers);
    }
}
