package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class CertsCommandTest {

    @TempDir
    private Path directory;

    @Test
    void whatItMakesAServerUses() throws IOException {
        Path out = directory.resolve("new/certs");

        Run run = Run.of("certs", "--out", out, "--server", "leader.example.org,10.1.2.3", "--client", "edge-1");

        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        assertThat(run.out())
                .contains("wrote " + out.resolve("ca.pem"), "wrote " + out.resolve("edge-1-key.pem"))
                .doesNotContain("PRIVATE KEY");
        String identity = run.out()
                .lines()
                .filter(line -> line.contains("san="))
                .findFirst()
                .orElseThrow();
        try (SecuredServer server = SecuredServer.builder()
                .tls(TlsFiles.builder()
                        .certificate(out.resolve("server.pem"))
                        .key(out.resolve("server-key.pem"))
                        .trusted(out.resolve("ca.pem"))
                        .build())
                .identities(Files.writeString(out.resolve("identities"), identity + "\n"))
                .open()) {
            assertThat(server.status().certificate().orElseThrow().names())
                    .containsExactly("leader.example.org", "10.1.2.3");
        }
    }

    @Test
    void clientsCanBeAddedButNothingIsReplaced() throws IOException {
        assertThat(Run.of("certs", "--out", directory).exit()).isEqualTo(Exit.OK);
        byte[] server = Files.readAllBytes(directory.resolve("server.pem"));

        assertThat(Run.of("certs", "--out", directory).out()).contains("nothing to do");
        assertThat(Run.of("certs", "--out", directory, "--client", "edge").out())
                .contains("edge  san=edge  read=*")
                .doesNotContain("wrote " + directory.resolve("server.pem"));
        Run again = Run.of("certs", "--out", directory, "--client", "edge");
        assertThat(again.exit()).isEqualTo(Exit.USAGE);
        assertThat(again.err())
                .contains("edge.pem exists already; nothing was written")
                .contains("next: ", "--force");
        assertThat(directory.resolve("server.pem")).hasBinaryContent(server);

        byte[] ca = Files.readAllBytes(directory.resolve("ca.pem"));
        assertThat(Run.of("certs", "--out", directory, "--server", "localhost", "--force")
                        .exit())
                .isEqualTo(Exit.OK);
        assertThat(directory.resolve("server.pem")).binaryContent().isNotEqualTo(server);
        assertThat(directory.resolve("ca.pem")).hasBinaryContent(ca);
    }

    @Test
    void aBrokenCaIsNamed() throws IOException {
        Run.of("certs", "--out", directory);
        Files.writeString(directory.resolve("ca.pem"), "nothing");

        Run run = Run.of("certs", "--out", directory, "--client", "edge");

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("ca.pem: holds no certificate").contains("next: ");
    }

    @Test
    void jsonSaysTheSame() {
        JsonNode summary = Run.of("certs", "--out", directory, "--client", "edge", "--json")
                .json();

        assertThat(summary.get("written")).hasSize(6);
        assertThat(summary.get("identities").get(0).asString()).isEqualTo("edge  san=edge  read=*");
    }

    @ParameterizedTest
    @CsvSource({
        "--client, ../edge, client '../edge': expected",
        "--client, server, client 'server': expected",
        "--server, a b, server 'a b': expected",
        "--days, 0, validity of 0 days: expected 1 to 3650",
        "--days, 3651, validity of 3651 days: expected 1 to 3650",
    })
    void impossibleOptionsAreNamed(String option, String value, String expected) {
        Run run = Run.of("certs", "--out", directory.resolve("new"), option, value);

        assertThat(run.exit()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains(expected).contains("next: see receiver certs --help");
        assertThat(directory.resolve("new")).doesNotExist();
    }
}
