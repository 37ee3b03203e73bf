package io.walreceiver.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.input.Mistake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

    @TempDir
    private Path directory = Path.of("");

    @Test
    void withNothingSaidItListensOnLoopback() throws IOException {
        ServerConfig config = new ConfigLoader(Map.of()).load().config();

        assertThat(config.web().listen()).hasToString("Optional[http://127.0.0.1:7400]");
        assertThat(config.push().listen()).hasToString("Optional[http://127.0.0.1:7401]");
        assertThat(config.publish().listen()).isEmpty();
        assertThat(config.data().directory()).isEqualTo(Path.of("receiver-data").toAbsolutePath());
        assertThat(config.receiver().maxLogs()).isEqualTo(4096);
    }

    @Test
    void nothingIsTakenThatIsPushedWhereSourcesAreNamed() throws IOException {
        ServerConfig config = new ConfigLoader(Map.of("WAL_RECEIVER_SOURCES", "tcp://a:1, tcp://b:2"))
                .load()
                .config();

        assertThat(config.sources()).extracting(Source::address).hasToString("[tcp://a:1, tcp://b:2]");
        assertThat(config.push().listen()).isEmpty();
    }

    @Test
    void theCommandLineCountsBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        Path file = file("""
                node: file
                health: {max-lag: 5s, stall-after: 2m}
                reads: {max-k: 7}
                sources: [tcp://file:1]
                """);
        EffectiveConfig effective = new ConfigLoader(Map.of(
                        "WAL_RECEIVER_CONFIG", file.toString(),
                        "WAL_RECEIVER_NODE", "environment",
                        "WAL_RECEIVER_HEALTH_MAX_LAG", "6s",
                        "WAL_RECEIVER_READS_MAX_ENTITIES", ""))
                .option("--node", "node", "command-line")
                .set("live.max-clients", "3")
                .load();

        assertThat(effective.config().node()).isEqualTo("command-line");
        assertThat(effective.config().health())
                .isEqualTo(new Health(
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(10),
                        Optional.of(Duration.ofSeconds(6)),
                        Health.Readiness.NORMAL));
        assertThat(effective.config().reads().maxK()).isEqualTo(7);
        assertThat(effective.config().reads().maxEntities()).isEqualTo(1000);
        assertThat(effective.yaml())
                .contains(
                        "node: command-line  # --node\n",
                        "  max-lag: 6s  # WAL_RECEIVER_HEALTH_MAX_LAG\n",
                        "  stall-after: 2m  # " + file + ":2\n",
                        "  max-clients: 3  # --set live.max-clients\n",
                        "  - address: tcp://file:1  # " + file + ":4\n",
                        "  max-entities: 1000\n");
    }

    @Test
    void aListThatIsSaidInFullReplacesTheOneWithLessWeight() throws IOException {
        Path file = file("sources: [tcp://a:1, tcp://b:2]");

        ServerConfig byCommandLine = new ConfigLoader(Map.of())
                .file(file)
                .sources("--from", List.of("tcp://c:3"))
                .load()
                .config();
        ServerConfig oneOfThem = new ConfigLoader(Map.of("WAL_RECEIVER_SOURCES_1_ADDRESS", "tcp://d:4"))
                .file(file)
                .load()
                .config();

        assertThat(byCommandLine.sources()).extracting(Source::address).hasToString("[tcp://c:3]");
        assertThat(oneOfThem.sources()).extracting(Source::address).hasToString("[tcp://a:1, tcp://d:4]");
    }

    @Test
    void allMistakesAreToldAtOnceWithTheirPlaces() throws IOException {
        Path file = file("""
                nodes: a
                web:
                  listen: tcp://127.0.0.1:1
                  max-connection: 5
                receiver:
                  max-logs: none
                  max-in-flight-bytes: 100
                  max-segment-bytes: 3GiB
                shutdown: {deadline: 20}
                health: [1]
                sources:
                  - {token: nowhere}
                reads: {max-k: 0}
                """);

        InvalidFileException invalid = fails(new ConfigLoader(Map.of(
                        "WAL_RECEIVER_WEB_LISTN", "http://127.0.0.1:0",
                        "WAL_RECEIVER_LOGS_FORMAT", "xml"))
                .file(file)
                .set("web.lissten", "x"));

        assertThat(invalid.mistakes())
                .extracting(Mistake::toString)
                .containsExactlyInAnyOrder(
                        "--set web.lissten: unknown option; is web.listen meant?",
                        "WAL_RECEIVER_WEB_LISTN: unknown variable; is WAL_RECEIVER_WEB_LISTEN meant?",
                        "WAL_RECEIVER_LOGS_FORMAT: logs.format: found \"xml\", expected text or json",
                        file + ":1:1: unknown key \"nodes\" (is node meant?); the configuration has the keys "
                                + String.join(", ", Section.all().keys()),
                        file + ":3:11: web.listen: found \"tcp://127.0.0.1:1\", expected http://HOST:PORT or"
                                + " https://HOST:PORT with a port from 0 to 65535, or off",
                        file + ":4:3: unknown key \"max-connection\" (is max-connections meant?); web has the keys"
                                + " listen, identities, tls, insecure, names, max-connections, request-deadline",
                        file + ":6:13: receiver.max-logs: found \"none\", expected a number from 1 on",
                        file + ":7:24: receiver.max-in-flight-bytes: found \"100\" (a number needs a unit), expected a"
                                + " size such as 512B, 64KiB, 64MiB or 1GiB from 1B on",
                        file + ":8:22: receiver.max-segment-bytes: found \"3GiB\", expected a size such as 512B, 64KiB,"
                                + " 64MiB or 1GiB from 1B to 2147483583B",
                        file
                                + ":9:22: shutdown.deadline: found \"20\" (a number needs a unit), expected a duration such"
                                + " as 90m, 12h, 7d, 1d12h or PT36H from 1s to 1h",
                        file + ":10:9: health: found a list, expected a mapping with keys such as stall-after",
                        file + ":12:13: sources[0].token: found something else (not shown, as it may be the secret"
                                + " itself), expected the name of a file that can be read, or off",
                        "the configuration: sources[0].address is missing; expected tcp://HOST:PORT with a port from 1 to"
                                + " 65535",
                        file + ":13:16: reads.max-k: found \"0\", expected a number from 1 to 100000");
    }

    @Test
    void whatIsWrongTogetherIsToldWhereItWasSaid() throws IOException {
        Path certificate = Files.writeString(directory.resolve("c.pem"), "");
        Path file = file("""
                receiver:
                  max-in-flight-bytes: 1MiB
                  min-resend-delay: 1m
                web:
                  listen: https://127.0.0.1:7000
                push:
                  listen: http://127.0.0.1:7000
                  tls: {certificate: c.pem}
                sources: []
                """);

        assertThat(fails(new ConfigLoader(Map.of()).file(file)).mistakes())
                .extracting(
                        mistake -> mistake.toString().substring(file.toString().length()))
                .satisfiesExactlyInAnyOrder(
                        m -> assertThat(m)
                                .startsWith(":2:24: receiver.max-in-flight-bytes: it must be at least"
                                        + " receiver.max-segment-bytes"),
                        m -> assertThat(m).startsWith(":3:21: receiver.max-resend-delay: it must be at least"),
                        m -> assertThat(m).startsWith(":5:11: web.listen: https needs a certificate"),
                        m -> assertThat(m).contains("something else of this service listens there already"),
                        m -> assertThat(m)
                                .startsWith(":8:22: push.tls.certificate: a certificate needs its private key"),
                        m -> assertThat(m).startsWith(":8:22: push.tls.certificate: a server that knows nobody"));
        assertThat(certificate).exists();
    }

    @Test
    void aServerThatNothingWouldComeToIsAMistake() throws IOException {
        assertThat(fails(new ConfigLoader(Map.of("WAL_RECEIVER_PUSH_LISTEN", "off")))
                        .mistakes())
                .singleElement()
                .asString()
                .startsWith("WAL_RECEIVER_PUSH_LISTEN: push.listen: no source: nothing would ever come");
    }

    @Test
    void aFileThatIsNoYamlIsToldAsOneMistakeBesideTheOthers() throws IOException {
        Path file = file("web: {listen: [\n");

        assertThat(fails(new ConfigLoader(Map.of("WAL_RECEIVER_NODE", " ")).file(file))
                        .mistakes())
                .extracting(Mistake::file)
                .containsExactlyInAnyOrder("WAL_RECEIVER_NODE", file.toString());
    }

    @Test
    void filesAreRelativeToTheFileThatNamesThem() throws IOException {
        Files.createDirectory(directory.resolve("conf"));
        Path schema = Files.writeString(directory.resolve("conf/schema.yaml"), "");
        Path file = Files.writeString(
                directory.resolve("conf/serve.yaml"), "data: {directory: ../data, schema: schema.yaml}");

        Data data = new ConfigLoader(Map.of()).file(file).load().config().data();

        assertThat(data.schema()).contains(schema);
        assertThat(data.directory()).isEqualTo(directory.resolve("data"));
    }

    @Test
    void aSecretThatIsWrittenInThePlaceOfItsFileIsNeverShown() throws IOException {
        String secret = "s3cr3t-of-the-leader";
        Path file = file("sources: [{address: tcp://a:1, token: " + secret + ", tls: {key: " + secret + "}}]");

        InvalidFileException invalid = fails(new ConfigLoader(Map.of(
                        "WAL_RECEIVER_SECURITY_TOKEN", secret,
                        "WAL_RECEIVER_TOKEN", secret,
                        "WAL_RECEIVER_WEB_TLS_KEY_PASSWORD", secret))
                .file(file));

        assertThat(invalid.mistakes()).hasSize(5);
        assertThat(invalid.getMessage()).doesNotContain(secret);
    }

    @Test
    void aFileThatHoldsASecretIsNamedAndNotLookedInto() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "s3cr3t");

        String yaml = new ConfigLoader(Map.of("WAL_RECEIVER_SECURITY_TOKEN", token.toString()))
                .load()
                .yaml();

        assertThat(yaml)
                .contains("  token: " + token + "  # WAL_RECEIVER_SECURITY_TOKEN")
                .doesNotContain("s3cr3t");
    }

    @Test
    void aListenerWithoutIdentitiesDoesNotTakeTheCertificateThatIsMeantForSources() throws IOException {
        Path pem = Files.writeString(directory.resolve("edge.pem"), "");
        ConfigLoader loader = new ConfigLoader(Map.of())
                .sources("--from", List.of("tcp://leader:1"))
                .option("--tls-cert", "security.tls.certificate", pem.toString())
                .option("--tls-key", "security.tls.key", pem.toString());

        ServerConfig plain = loader.load().config();
        ServerConfig listed = loader.option("--identities", "security.identities", pem.toString())
                .load()
                .config();

        assertThat(plain.security().of(plain.web()).tls()).isEqualTo(Tls.NONE);
        assertThat(plain.security().of(plain.sources().get(0)).tls().certificate())
                .contains(pem);
        assertThat(listed.security().of(listed.web()).tls().certificate()).contains(pem);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("serve.yaml"), text);
    }

    private static InvalidFileException fails(ConfigLoader loader) {
        return catchThrowableOfType(InvalidFileException.class, loader::load);
    }
}
