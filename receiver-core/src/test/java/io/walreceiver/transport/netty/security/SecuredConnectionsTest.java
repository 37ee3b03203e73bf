package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** Real connections on loopback: who gets in, and that nobody else gets a byte. */
class SecuredConnectionsTest {

    private static final String TOKEN = "pZ0fK3Qm8sT1vX5yB7dE9g";

    @TempDir
    private Path directory;

    private Path identities = Path.of("");
    private Logged logged = Logged.warnings();

    @BeforeEach
    void makeCertificates() throws IOException {
        logged.close();
        logged = Logged.warnings();
        DevelopmentCertificates.builder(directory)
                .server("localhost", "127.0.0.1")
                .client("leader-1.example.org")
                .client("nobody.example.org")
                .build()
                .write();
        identities = directory.resolve("identities.txt");
        Files.writeString(identities, "leader-1 san=Leader-1.Example.org write=1:* read=1:3\n");
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void bothKnowEachOther() throws IOException {
        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = client("leader-1.example.org")) {
            assertThat(TestServer.ask(server.port(), client, "1:3").block()).isEqualTo("leader-1");
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void aCertificateOfAnotherCaIsRefused() throws IOException {
        Path others = directory.resolve("others");
        DevelopmentCertificates.builder(others)
                .client("leader-1.example.org")
                .build()
                .write();

        // A client of Java's own holds such a certificate back; this one does not.
        TlsMaterial foreign = TlsMaterial.read(new FileSnapshot(), tls(others, "leader-1.example.org", directory))
                .value();
        SslContext stubborn = SslContextBuilder.forClient()
                .trustManager(foreign.trusted())
                .keyManager(new StubbornKeyManager(foreign))
                .build();
        try (SecuredServer security = server();
                TestServer server = new TestServer(security)) {
            assertHangsUp(TestServer.ask(server.port(), stubborn, " 1:3\n"));
            assertReason(server, "TLS handshake with /127.0.0.1:");
            assertReason(server, "ath"); // the JDK's words: a path that does not validate, or is not found
        }
        assertRefused(tls(others, "leader-1.example.org", directory), "the peer showed no certificate");
    }

    @Test
    void anExpiredCertificateIsRefused() throws IOException {
        DevelopmentCertificates.builder(directory)
                .client("leader-1.example.org")
                .start(Instant.now().minus(Duration.ofDays(30)))
                .validity(Duration.ofDays(1))
                .overwrite(true)
                .build()
                .write();

        assertRefused(tls(directory, "leader-1.example.org", directory), "has expired");
    }

    @Test
    void aCertificateThatIsNotValidYetIsRefused() throws IOException {
        DevelopmentCertificates.builder(directory)
                .client("leader-1.example.org")
                .start(Instant.now().plus(Duration.ofDays(30)))
                .overwrite(true)
                .build()
                .write();

        assertRefused(tls(directory, "leader-1.example.org", directory), "is not valid yet");
    }

    @Test
    void aCertificateThatIsNotListedIsRefused() throws IOException {
        assertRefused(
                tls(directory, "nobody.example.org", directory),
                "its certificate (CN=nobody.example.org, names [nobody.example.org]) is that of nobody");
    }

    @Test
    void whoIsListedForAnotherLogIsRefused() throws IOException {
        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = client("leader-1.example.org")) {
            assertHangsUp(TestServer.ask(server.port(), client, "1:4"));
            assertThat(server.answered()).isZero();
            assertThat(logged.text()).contains("leader-1 may not read log 1:4");
        }
    }

    @Test
    void noCertificateIsRefused() throws IOException {
        assertRefused(
                TlsFiles.builder().trusted(directory.resolve("ca.pem")).build(), "the peer showed no certificate");
    }

    @Test
    void noCertificateIsRefusedWithoutATokenToo() throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN);
        Files.writeString(identities, "edge token-file=token read=1:*\n");

        assertRefused(TlsFiles.builder().trusted(directory.resolve("ca.pem")).build(), "nobody knows");
    }

    @Test
    void aTokenWillDoWhereTokensAreListed() throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN + "\n");
        Files.writeString(identities, "edge token-file=token read=1:*\n");
        TlsFiles tls = TlsFiles.builder().trusted(directory.resolve("ca.pem")).build();

        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = SecuredClient.builder()
                        .tls(tls)
                        .token(directory.resolve("token"))
                        .open()) {
            assertThat(TestServer.ask(server.port(), client, "1:3").block()).isEqualTo("edge");
            assertThat(logged.lines())
                    .filteredOn(line -> !line.contains("chmod"))
                    .isEmpty();
        }
    }

    @Test
    void tls12IsRefused() throws IOException {
        SslContext old = SslContextBuilder.forClient()
                .protocols("TLSv1.2")
                .trustManager(directory.resolve("ca.pem").toFile())
                .build();

        try (SecuredServer security = server();
                TestServer server = new TestServer(security)) {
            assertThatThrownBy(
                            () -> TestServer.ask(server.port(), old, " 1:3\n").block())
                    .hasMessageContaining("protocol_version");
            assertReason(server, "[TLSv1.2] are not accepted");
        }
    }

    @Test
    void aPlainPeerIsRefusedAndWhatItSentIsNotQuoted() throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN);
        try (Logged everything = Logged.everything();
                SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = SecuredClient.builder()
                        .token(directory.resolve("token"))
                        .open()) {
            assertHangsUp(TestServer.ask(server.port(), client, "1:3"));
            assertThat(server.answered()).isZero();
            await().until(() -> everything.text().contains("the peer does not speak TLS")
                    || logged.text().contains("the peer does not speak TLS"));
            assertThat(everything.text() + logged.text())
                    .doesNotContain(TOKEN)
                    .doesNotContainIgnoringCase(
                            ByteBufUtil.hexDump(TOKEN.substring(0, 8).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void whoDoesNotCompleteItsHandshakeIsDropped() throws IOException {
        try (SecuredServer security = server();
                TestServer server = new TestServer(security, Duration.ofMillis(100));
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
            assertReason(server, "the peer did not complete it in time");
        }
    }

    @Test
    void httpIsSecuredInTheSameWay() throws IOException {
        try (SecuredServer security = server();
                SecuredClient client = client("leader-1.example.org")) {
            SslContext withoutCertificate = PemTls.client(new TlsMaterial(
                    List.of(), null, new PemReader(new FileSnapshot()).certificates(directory.resolve("ca.pem"))));
            DisposableServer server = httpServer(security);
            HttpClient http = HttpClient.newConnection().baseUrl("https://127.0.0.1:" + server.port());
            try {
                assertThat(get(http.secure(TlsSetup.client(client, Duration.ofSeconds(30))))
                                .block())
                        .isEqualTo("leader-1");
                assertHangsUp(get(http.secure(ssl -> ssl.sslContext(withoutCertificate))));
                await().untilAsserted(() -> assertThat(logged.text()).contains("the peer showed no certificate"));
            } finally {
                server.disposeNow();
            }
        }
    }

    private static Mono<String> get(HttpClient http) {
        return http.get().uri("/").responseContent().aggregate().asString();
    }

    /** Answers with the name of whoever asks. */
    private static DisposableServer httpServer(SecuredServer security) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(TlsSetup.server(security, Duration.ofSeconds(30)))
                .doOnChannelInit(TlsSetup.refusals())
                .handle((request, response) -> {
                    String[] name = {"nobody"};
                    request.withConnection(
                            connection -> security.identify(TlsSetup.peerCertificate(connection.channel()), null)
                                    .ifPresent(identity -> name[0] = identity.name()));
                    return response.sendString(Mono.just(name[0]));
                })
                .bindNow();
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws IOException {
        DevelopmentCertificates.builder(directory)
                .server("elsewhere.example.org")
                .overwrite(true)
                .build()
                .write();
        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = client("leader-1.example.org")) {
            assertThatThrownBy(
                            () -> TestServer.ask(server.port(), client, "1:3").block())
                    .hasStackTraceContaining("127.0.0.1");
            assertThat(server.answered()).isZero();
        }
    }

    @Test
    void aServerOfAnotherCaIsRefused() throws IOException {
        Path others = directory.resolve("others");
        DevelopmentCertificates.builder(others).build().write();
        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = SecuredClient.builder()
                        .tls(tls(directory, "leader-1.example.org", others))
                        .open()) {
            assertThatThrownBy(
                            () -> TestServer.ask(server.port(), client, "1:3").block())
                    .hasStackTraceContaining("unable to find valid certification path");
            assertThat(server.answered()).isZero();
        }
    }

    @Test
    void secretsAreNotLogged() throws IOException {
        Files.writeString(directory.resolve("token"), TOKEN);
        Files.writeString(
                identities,
                "leader-1 san=leader-1.example.org token-file=token read=1:3\nother san=nobody.example.org read=*\n");
        TlsFiles files = tls(directory, "leader-1.example.org", directory);
        String key = Files.readString(directory.resolve("leader-1.example.org-key.pem"))
                .lines()
                .filter(line -> !line.startsWith("-"))
                .findFirst()
                .orElseThrow();
        try (Logged everything = Logged.everything();
                SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient client = SecuredClient.builder()
                        .tls(files)
                        .token(directory.resolve("token"))
                        .open();
                SecuredClient wrong = SecuredClient.builder()
                        .tls(tls(directory, "nobody.example.org", directory))
                        .token(directory.resolve("token"))
                        .open()) {
            assertThat(TestServer.ask(server.port(), client, "1:3").block()).isEqualTo("leader-1");
            assertHangsUp(TestServer.ask(server.port(), wrong, "1:3"));

            String all =
                    everything.text() + logged.text() + client + security + files + client.status() + security.status();
            assertThat(everything.lines()).as("a run that logs").hasSizeGreaterThan(10);
            assertThat(all).contains("its certificate is that of other, its token that of leader-1");
            assertThat(all)
                    .doesNotContain(TOKEN, key.substring(0, 24))
                    .doesNotContain(ByteBufUtil.hexDump(Base64.getMimeDecoder().decode(key)))
                    .doesNotContainIgnoringCase(ByteBufUtil.hexDump(TOKEN.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private void assertRefused(TlsFiles client, String reason) throws IOException {
        try (SecuredServer security = server();
                TestServer server = new TestServer(security);
                SecuredClient opened = SecuredClient.builder().tls(client).open()) {
            assertHangsUp(TestServer.ask(server.port(), opened, "1:3"));
            assertReason(server, reason);
        }
    }

    private void assertReason(TestServer server, String reason) {
        await().untilAsserted(() -> assertThat(logged.text()).contains(reason));
        assertThat(server.answered()).isZero();
    }

    /** By an error or the end of the stream: a client of TLS 1.3 is through with its handshake before the server is. */
    private static void assertHangsUp(Mono<String> answer) {
        assertThat(answer.onErrorReturn("").block()).isEmpty();
    }

    private SecuredServer server() throws IOException {
        return SecuredServer.builder()
                .tls(tls(directory, "server", directory))
                .identities(identities)
                .open();
    }

    private SecuredClient client(String name) throws IOException {
        return SecuredClient.builder().tls(tls(directory, name, directory)).open();
    }

    private static TlsFiles tls(Path own, String name, Path trusted) {
        return TlsFiles.builder()
                .certificate(own.resolve(name + ".pem"))
                .key(own.resolve(name + "-key.pem"))
                .trusted(trusted.resolve("ca.pem"))
                .build();
    }
}
