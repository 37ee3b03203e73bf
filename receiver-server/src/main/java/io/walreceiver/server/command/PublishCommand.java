package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.publication.DataPublication;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.interrupt.UntilInterrupted;
import io.walreceiver.server.service.Listening;
import io.walreceiver.storage.LockedData;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import io.walreceiver.transport.publication.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Publishes a directory to followers. */
@Command(
        name = "publish",
        sortOptions = false,
        description = {
            "Publish the logs of a directory to any number of followers, over TCP, each at its own pace from where it stands.",
            "",
            "DIR holds segments (a leader's archive, which may grow), or is a data directory that no receiver works in: then its"
                    + " lock is taken. A receiver that works publishes its own with receiver serve --publish.",
            "",
            "Goes on until it is interrupted; followers then are told to come back."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:interrupted", Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one object per line: event (listening, connected, disconnected), and address, logs; or node, identity,"
                    + " remote, sentBytes, acknowledged."
        })
final class PublishCommand implements Callable<Integer> {

    private static final Duration LONGEST_STOP = Duration.ofSeconds(15);
    private static final Duration TICK = Duration.ofMillis(500);

    private final Console console;

    @Parameters(paramLabel = "DIR", description = "Segments, or the data directory of a receiver.")
    private Path directory = Path.of("");

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "tcp://127.0.0.1:7402",
            converter = Endpoints.Publisher.class,
            description = "Where, tcp://HOST:PORT; port 0 is any that is free. Default: ${DEFAULT-VALUE}.")
    private Endpoint listen = new Endpoint(Endpoints.TCP, "127.0.0.1", 0);

    @Option(names = "--end", description = "The logs end with what is there now: followers complete when they have it.")
    private boolean ends;

    @Option(
            names = "--epoch",
            paramLabel = "N",
            description =
                    "Segments: the leader's epoch, 1 or more; followers refuse a lower one than they have seen. Default: what the"
                            + " file leader-epoch in DIR says, if there is one.")
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

    PublishCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Optional<StoredData> data = StoredData.find(Arguments.directory(directory));
        if (data.isEmpty()) {
            return publish(segments());
        }
        if (epoch != null) {
            throw CommandFailure.usage(
                    "--epoch: a data directory has the epochs of the leaders that it followed on record",
                    "leave --epoch out");
        }
        try (LockedData locked = LockedData.take(directory);
                DataPublication publication = DataPublication.atRest(locked, ends, epochs(locked.stored()))) {
            return publish(publication);
        }
    }

    private static Function<LogId, Optional<LeaderEpoch>> epochs(StoredData data) throws IOException {
        Map<LogId, LeaderEpoch> epochs = new HashMap<>();
        for (LogId log : data.logs()) {
            data.log(log).epoch().ifPresent(found -> epochs.put(log, new LeaderEpoch(found.number(), found.start())));
        }
        return log -> Optional.ofNullable(epochs.get(log));
    }

    private Publication segments() throws IOException {
        DirectoryPublication.Builder publication =
                DirectoryPublication.builder(directory).follow(!ends);
        if (epoch != null) {
            publication.epoch(Epochs.of(epoch, epochStart));
        }
        return publication.build();
    }

    private int publish(Publication publication) throws IOException {
        try (SecurityOptions.Server known = security.server(listen);
                UntilInterrupted stop = new UntilInterrupted(LONGEST_STOP, console::flush);
                LiveLine line = new LiveLine(console)) {
            TcpPublisher.Running running = Listening.on(
                    listen,
                    TcpPublisher.builder(publication)
                            .host(listen.host())
                            .port(listen.port())
                            .security(known.security())
                            .build()
                            .start());
            Followers followers = new Followers(console, line, running, common.json());
            followers.listening(listen.at(running.address().getPort()), directory, publication.logs());
            Disposable ticks = Flux.interval(TICK).onBackpressureDrop().subscribe(tick -> followers.look());
            stop.await();
            ticks.dispose();
            running.stop(false).block();
            line.tell(() -> console.err().println("stopped"));
            return stop.ended(Exit.OK);
        }
    }
}
