package io.walreceiver.server.command;

import io.walreceiver.server.config.ConfigLoader;
import io.walreceiver.server.config.EffectiveConfig;
import io.walreceiver.server.config.Logs;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.interrupt.UntilInterrupted;
import io.walreceiver.server.logging.LogOptions;
import io.walreceiver.server.logging.Logging;
import io.walreceiver.server.service.Service;
import io.walreceiver.server.service.ServiceEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The service: follows leaders into a data directory, and answers reads. */
@Command(
        name = "serve",
        sortOptions = false,
        sortSynopsis = false,
        customSynopsis = "@|bold receiver serve|@ [@|yellow OPTIONS|@]",
        description = {
            "Follow leaders into a data directory, and answer reads: pull from publishers over TCP, take what is pushed over HTTP,"
                    + " or both. With --demo, follow a leader in this process that replays real data.",
            "",
            "What is acknowledged is durable. Gaps and corrupt segments are asked for again; lost connections are made again. Goes on"
                    + " until it is interrupted, or every source says that its logs have ended.",
            "",
            "Every option can be said on the command line, in the environment (web.listen is WAL_RECEIVER_WEB_LISTEN) and in a file"
                    + " (YAML or JSON); what is said first here counts. docs/configuration.md lists them all, and --print-config"
                    + " shows those that are in effect.",
            ""
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {
            "0:interrupted, and all that had come is applied and durable; or all logs have ended and were applied",
            Exit.FAILED_TEXT,
            Exit.USAGE_TEXT,
            "3:a log stopped short; or interrupted, and the deadline passed before all was done"
        },
        footer = {
            "",
            "With --json one object per line: event (listening, publishing, web, demo, finding, source, log, stopping, closed, stopped)"
                    + " and what belongs to it."
        })
final class ServeCommand implements Callable<Integer> {

    /** Longer than a storage whose disk hangs is waited for. */
    private static final Duration BEYOND_DEADLINE = Duration.ofSeconds(8);

    private final Console console;

    @Option(
            names = "--from",
            paramLabel = "ADDRESS",
            description = "A publisher to follow, tcp://HOST:PORT; may be repeated.")
    private List<String> sources = List.of();

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "Where to take segments that are pushed, http://HOST:PORT; port 0 is any. Default: http://127.0.0.1:7401 if"
                            + " there is no --from.")
    private @Nullable String listen;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "The data directory, made if need be. Default: receiver-data.")
    private @Nullable String data;

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description = "The signal types, YAML or JSON. Stored at the first run, and may be left out later.")
    private @Nullable String schema;

    @Option(
            names = "--commit",
            paramLabel = "WHEN",
            description =
                    "When what was applied is made durable: commit (at once, the default), or how long to gather before.")
    private @Nullable String commit;

    @Option(
            names = "--publish",
            paramLabel = "ADDRESS",
            description = "Pass on what is durable here to followers of this one, tcp://HOST:PORT; port 0 is any.")
    private @Nullable String publish;

    @Option(
            names = "--web",
            paramLabel = "ADDRESS",
            description =
                    "Where the dashboard and the API are, http://HOST:PORT, or off. Default: http://127.0.0.1:7400.")
    private @Nullable String web;

    @Option(names = "--names", paramLabel = "FILE", description = "Names of entities: CSV, entity_id,name.")
    private @Nullable String names;

    @Option(names = "--node", paramLabel = "NAME", description = "What this follower calls itself. Default: follower.")
    private @Nullable String node;

    @ArgGroup(exclusive = false, heading = "%nSecurity, of every listener and source; see docs/security.md:%n")
    private Security security = new Security();

    @ArgGroup(exclusive = false, heading = "%nConfiguration:%n")
    private Configuration configuration = new Configuration();

    @ArgGroup(exclusive = false, heading = "%nDemo:%n")
    private Demo demo = new Demo();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private CommonOptions common = new CommonOptions();

    /** The files that everybody here uses who has none of his own. */
    static final class Security {

        @Option(
                names = "--tls-cert",
                paramLabel = "FILE",
                description = "Own certificate and those between it and its CA, PEM.")
        private @Nullable String certificate;

        @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM.")
        private @Nullable String key;

        @Option(
                names = "--tls-key-password",
                paramLabel = "FILE",
                description = "A file that holds the password of the key.")
        private @Nullable String keyPassword;

        @Option(names = "--tls-ca", paramLabel = "FILE", description = "Whom to trust: CA certificates, PEM.")
        private @Nullable String trusted;

        @Option(names = "--identities", paramLabel = "FILE", description = "Who may connect and what he may do.")
        private @Nullable String identities;

        @Option(names = "--token", paramLabel = "FILE", description = "A file that holds the token to show to sources.")
        private @Nullable String token;

        @Option(
                names = "--insecure",
                description =
                        "Listen outside of loopback without TLS or authentication, and send a token in the clear.")
        private boolean insecure;

        void addTo(ConfigLoader loader) {
            option(loader, "--tls-cert", "security.tls.certificate", certificate);
            option(loader, "--tls-key", "security.tls.key", key);
            option(loader, "--tls-key-password", "security.tls.key-password", keyPassword);
            option(loader, "--tls-ca", "security.tls.ca", trusted);
            option(loader, "--identities", "security.identities", identities);
            option(loader, "--token", "security.token", token);
            option(loader, "--insecure", "security.insecure", insecure ? "true" : null);
        }
    }

    /** Where options come from, and what to do with them. */
    static final class Configuration {

        @Option(names = "--config", paramLabel = "FILE", description = "A file of options, YAML or JSON.")
        private @Nullable Path file;

        @Option(
                names = "--set",
                paramLabel = "OPTION=VALUE",
                description = "Any option, such as health.max-lag=5s; may be repeated.")
        private Map<String, String> set = Map.of();

        @Option(
                names = "--print-config",
                description = "Show the options that are in effect and where they come from, and exit.")
        private boolean print;

        @Option(names = "--check-config", description = "Check the options, and exit.")
        private boolean check;
    }

    /** A leader inside. */
    static final class Demo {

        @Option(
                names = "--demo",
                description = "Follow a leader in this process that replays the git history of reactor-core.")
        private boolean enabled;

        @Option(names = "--pace", paramLabel = "EVENTS", description = "Events a second that it writes. Default: 300.")
        private @Nullable String pace;
    }

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        EffectiveConfig effective = loader().load();
        if (configuration.print || configuration.check) {
            console.out().print(configuration.print ? effective.yaml() : "the configuration is good\n");
            return Exit.OK;
        }
        ServerConfig config = effective.config();
        Duration longest = config.shutdown().deadline().plus(BEYOND_DEADLINE);
        try (UntilInterrupted stop = new UntilInterrupted(longest, console::flush);
                LiveLine line = new LiveLine(console)) {
            Following following =
                    new Following(console, line, common.json(), config.logs().format() == Logs.Format.JSON);
            try {
                ServiceEnd end = logging(config.logs(), () -> {
                    ServiceEnd ended = new Service(effective, following).run(stop);
                    following.stopped(ended);
                    return ended;
                });
                return stop.ended(exit(end));
            } catch (IOException | RuntimeException e) {
                if (!stop.isInterrupted()) {
                    throw e;
                }
                // The program ends the moment that it is told that the command has.
                CommandLine command = spec.commandLine();
                return stop.ended(new Failures(console).handleExecutionException(e, command, command.getParseResult()));
            }
        }
    }

    private int exit(ServiceEnd end) {
        if (!end.interrupted()) {
            return new StoppedLogs(console, segment -> List.of()).tell(end.replayed());
        }
        boolean done = end.inTime() && end.replayed().report().drained();
        if (!done) {
            console.error("the deadline passed before all was done; what was dropped was not acknowledged");
            console.next(
                    "nothing needs to be: it will be sent again. If it happens often, give more time: shutdown.deadline");
        }
        return done ? Exit.OK : Exit.INCOMPLETE;
    }

    /** What goes wrong while it follows is told by the command itself, unless somebody wants to read it in the log. */
    @SuppressWarnings("try") // the resource works by being open
    private static <T> T logging(Logs logs, Quiet.Work<T> work) throws IOException {
        boolean told = logs.format() == Logs.Format.TEXT && logs.level().isEmpty();
        Level level = logs.level()
                .map(wanted -> Level.valueOf(wanted.name()))
                .orElse(logs.format() == Logs.Format.JSON ? Level.INFO : Level.WARN);
        LogOptions options =
                new LogOptions(LogOptions.Format.valueOf(logs.format().name()), level, logs.maxRepeats());
        try (Logging configured = Logging.configure(options)) {
            return told ? Quiet.runIo(work) : work.run();
        }
    }

    private ConfigLoader loader() {
        ConfigLoader loader = new ConfigLoader(System.getenv());
        if (configuration.file != null) {
            loader.file(Arguments.file(configuration.file));
        }
        if (!sources.isEmpty()) {
            loader.sources("--from", sources);
        }
        option(loader, "--listen", "push.listen", listen);
        option(loader, "--data", "data.directory", data);
        option(loader, "--schema", "data.schema", schema);
        option(loader, "--commit", "data.commit", commit);
        option(loader, "--publish", "publish.listen", publish);
        option(loader, "--web", "web.listen", web);
        option(loader, "--names", "names", names);
        option(loader, "--node", "node", node);
        option(loader, "--demo", "demo.enabled", demo.enabled ? "true" : null);
        option(loader, "--pace", "demo.pace", demo.pace);
        security.addTo(loader);
        configuration.set.forEach(loader::set);
        return loader;
    }

    private static void option(ConfigLoader loader, String name, String path, @Nullable String value) {
        if (value != null) {
            loader.option(name, path, value);
        }
    }
}
