package io.walreceiver.server.command;

import io.walreceiver.server.console.Console;
import io.walreceiver.server.input.Endpoint;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a service whether it lives. */
@Command(
        name = "health",
        sortOptions = false,
        description = {
            "Ask a service whether it lives, for what runs it: a container's health check, say.",
            "",
            "Its listener must be plain; with TLS, ask with a client that shows what is asked for."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:it answers that all is well", "1:it answers something else, or not at all", Exit.USAGE_TEXT})
final class HealthCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Console console;

    @Parameters(
            paramLabel = "ADDRESS",
            defaultValue = "http://127.0.0.1:7400",
            converter = Endpoints.Follower.class,
            description = "Where its dashboard is. Default: ${DEFAULT-VALUE}.")
    private Endpoint service = new Endpoint("http", "127.0.0.1", 0);

    @Option(names = "--ready", description = "Ask whether it is ready: caught up, and not about to end.")
    private boolean ready;

    @Mixin
    private CommonOptions common = new CommonOptions();

    HealthCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        URL url;
        try {
            url = service.uri().resolve(ready ? "/readyz" : "/livez").toURL();
        } catch (IOException e) {
            throw CommandFailure.usage(
                    service + ": " + e.getMessage(), "name an address such as http://127.0.0.1:7400");
        }
        try {
            HttpURLConnection connection = (HttpURLConnection) url.openConnection();
            connection.setConnectTimeout((int) PATIENCE.toMillis());
            connection.setReadTimeout((int) PATIENCE.toMillis());
            return told(url, connection.getResponseCode());
        } catch (IOException e) {
            throw CommandFailure.failed(
                    url + ": " + e.getMessage(),
                    "see that a service answers there: " + Shell.command("receiver serve"));
        }
    }

    private int told(URL url, int status) {
        boolean well = status == HttpURLConnection.HTTP_OK;
        if (common.json()) {
            Json.line(console, new Health(url.toString(), status, well));
        } else {
            console.out().println(url + ": " + status);
        }
        return well ? Exit.OK : Exit.FAILED;
    }

    private record Health(String url, int status, boolean well) {}
}
