package io.walreceiver.examples.trending;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application, in this process. */
final class Application implements AutoCloseable {

    /** A leader that nobody can reach: the port of "discard", which nothing here has open. */
    static final String NOBODY = "tcp://127.0.0.1:9";

    private final ConfigurableApplicationContext context;
    final Client client;

    private Application(ConfigurableApplicationContext context) {
        this.context = context;
        this.client = new Client(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    /** Starts it: as it is, but for where it listens, whom it follows, and where its data are. */
    static Application start(String leader, Path data, String... more) {
        return new Application(
                new SpringApplicationBuilder(TrendingApplication.class).run(arguments(leader, data, more)));
    }

    static String[] arguments(String leader, Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0", "--wal-receiver.sources[0].address=" + leader, "--wal-receiver.data=" + data));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Override
    public void close() {
        context.close();
    }
}
