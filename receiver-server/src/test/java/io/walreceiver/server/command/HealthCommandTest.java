package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthCommandTest {

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private HttpServer server;
    private String address;

    @BeforeEach
    void answer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        answer("/livez", OK);
        answer("/readyz", UNAVAILABLE);
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theExitCodeSaysWhetherItLives() {
        assertThat(Run.of("health", address)).isEqualTo(new Run(Exit.OK, address + "/livez: 200\n", ""));
        assertThat(Run.of("health", address, "--ready"))
                .isEqualTo(new Run(Exit.FAILED, address + "/readyz: 503\n", ""));
    }

    @Test
    void nobodyThere() {
        server.stop(0);

        Run run = Run.of("health", address);

        assertThat(run.exit()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("error: " + address + "/livez: ", " next: see that a service answers there");
    }

    private void answer(String path, int status) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }
}
