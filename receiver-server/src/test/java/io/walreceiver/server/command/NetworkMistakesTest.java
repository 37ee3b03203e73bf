package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot work is refused at once, with what is wrong and what to do. */
class NetworkMistakesTest extends DataFixture {

    @Test
    void nothingToFollow() {
        assertThat(fails(Exit.USAGE, "serve", "--listen", "off", "--data", data, "--schema", schema)
                        .err())
                .contains("no source", "--from tcp://HOST:PORT", "--listen http://");
        assertThat(data).doesNotExist();
    }

    @Test
    void nothingToPublishOrShip() {
        Path missing = directory.resolve("missing");

        assertThat(fails(Exit.USAGE, "publish", missing).err()).contains(missing + ": there is no such file");
        assertThat(fails(Exit.USAGE, "ship", missing, "--to", "http://127.0.0.1:1")
                        .err())
                .contains(missing + ": there is no such file");
        assertThat(fails(Exit.USAGE, "publish", schema).err()).contains(schema + " is a file");
    }

    @Test
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String tcp = "tcp://127.0.0.1:" + taken.getLocalPort();
            String http = "http://127.0.0.1:" + taken.getLocalPort();

            assertThat(fails(Exit.FAILED, "publish", GENERATED, "--listen", tcp).err())
                    .contains("cannot listen on " + tcp, "port 0 is any that is free");
            assertThat(fails(Exit.FAILED, "serve", "--web", "off", "--listen", http, "--data", data, "--schema", schema)
                            .err())
                    .contains("cannot listen on " + http, "port 0 is any that is free");
            assertThat(fails(
                                    Exit.FAILED,
                                    "serve",
                                    "--web",
                                    "off",
                                    "--from",
                                    "tcp://127.0.0.1:1",
                                    "--publish",
                                    tcp,
                                    "--data",
                                    data,
                                    "--schema",
                                    schema)
                            .err())
                    .contains("cannot listen on " + tcp, "port 0 is any that is free");
        }
        assertThat(data).as("it is told before anything is done").doesNotExist();
        assertThat(Run.of("replay", GENERATED, "--data", data, "--schema", schema)
                        .exit())
                .as("nothing holds the data directory any more")
                .isEqualTo(Exit.OK);
    }

    @ParameterizedTest
    @CsvSource({
        "publish, WAL, --listen, tcp://0.0.0.0:0",
        "publish, WAL, --listen, tcp://[::]:0",
        "serve --web off, --data=DATA, --listen, http://0.0.0.0:0",
        "serve --web off --from tcp://127.0.0.1:1, --data=DATA, --publish, tcp://0.0.0.0:0",
    })
    void nothingListensToOthersUnprotected(String command, String what, String option, String address) {
        assertThat(fails(Exit.USAGE, words(command, what, option, address)).err())
                .contains(address, "without TLS and authentication", "--insecure");
    }

    @ParameterizedTest
    @CsvSource({
        "publish, WAL, --listen, http://127.0.0.1:1, tcp://HOST:PORT with a port from 0",
        "publish, WAL, --listen, tcp://127.0.0.1, tcp://HOST:PORT with a port from 0",
        "publish, WAL, --listen, tcp://127.0.0.1:65536, tcp://HOST:PORT with a port from 0",
        "publish, WAL, --listen, 127.0.0.1:7400, tcp://HOST:PORT with a port from 0",
        "ship, WAL, --to, tcp://127.0.0.1:1, http://HOST:PORT or https://HOST:PORT with a port from 1",
        "ship, WAL, --to, http://127.0.0.1:1/v1?token=a, http://HOST:PORT or https://HOST:PORT with a port from 1",
        "serve, --data=DATA, --from, tcp://127.0.0.1:0, tcp://HOST:PORT with a port from 1",
        "serve, --data=DATA, --from, tcp://:1, tcp://HOST:PORT with a port from 1",
        "serve, --data=DATA, --listen, tcp://127.0.0.1:0, http://HOST:PORT or https://HOST:PORT with a port from 0",
    })
    void anAddressThatIsNone(String command, String what, String option, String address, String expected) {
        assertThat(fails(Exit.USAGE, words(command, what, option, address)).err())
                .contains(option, "\"" + address + "\"", "expected " + expected);
    }

    @Test
    void epochsBeginWithOne() {
        assertThat(fails(Exit.USAGE, "publish", GENERATED, "--listen", "tcp://127.0.0.1:0", "--epoch", 0)
                        .err())
                .contains("--epoch: ");
        assertThat(fails(Exit.USAGE, "ship", GENERATED, "--to", "http://127.0.0.1:1", "--epoch", 0)
                        .err())
                .contains("--epoch: ");
    }

    @Test
    void aFileOfSecurityThatIsNone() throws IOException {
        Path identities = Files.writeString(directory.resolve("identities"), "nobody knows\n");

        assertThat(fails(Exit.USAGE, "publish", GENERATED, "--listen", "tcp://127.0.0.1:0", "--identities", identities)
                        .err())
                .contains(identities.toString());
        assertThat(fails(
                                Exit.USAGE,
                                "serve",
                                "--from",
                                "tcp://127.0.0.1:1",
                                "--publish",
                                "tcp://127.0.0.1:0",
                                "--tls-cert",
                                schema,
                                "--data",
                                data,
                                "--schema",
                                schema)
                        .err())
                .contains("--tls-");
    }

    private Object[] words(String command, String what, String option, String address) {
        String words = command + " " + what.replace("WAL", GENERATED.toString()).replace("DATA", data.toString()) + " "
                + option + " " + address + (command.startsWith("serve") ? " --schema " + schema : "");
        return words.split(" ");
    }
}
