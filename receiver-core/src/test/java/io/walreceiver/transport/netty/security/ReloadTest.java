package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class ReloadTest {

    private static final String TOKEN = "pZ0fK3Qm8sT1vX5yB7dE9g";
    private static final Duration LOOK = Duration.ofMinutes(10);

    @TempDir
    private Path directory;

    private Path identities = Path.of("");
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private Logged logged = Logged.warnings();

    @BeforeEach
    void makeCertificates() throws IOException {
        logged.close();
        logged = Logged.warnings();
        DevelopmentCertificates.builder(directory)
                .server("127.0.0.1")
                .client("edge")
                .build()
                .write();
        identities = Files.writeString(directory.resolve("identities"), "edge san=edge read=1:*\n");
        timer.advanceTimeTo(Instant.now());
    }

    @AfterEach
    void stopListening() {
        logged.close();
        timer.dispose();
    }

    @Test
    void newFilesServeNewConnections() throws IOException {
        try (SecuredServer server = server()) {
            SslContext before = server.tls();
            timer.advanceTimeBy(LOOK.multipliedBy(3));
            assertThat(server.tls()).as("nothing has changed").isSameAs(before);

            Instant end = server.status().certificate().orElseThrow().notAfter();
            makeServerCertificate(Duration.ofDays(50));
            assertThat(server.tls()).as("nobody has looked").isSameAs(before);
            timer.advanceTimeBy(LOOK);

            assertThat(server.tls()).isNotSameAs(before);
            assertThat(server.status().certificate().orElseThrow().notAfter()).isBefore(end);
            assertThat(server.status().problems()).isEmpty();
            assertThat(logged.lines()).isEmpty();
        }
    }

    @Test
    void brokenFilesChangeNothingButTheStatus() throws IOException {
        Path key = directory.resolve("server-key.pem");
        byte[] good = Files.readAllBytes(key);
        try (SecuredServer server = server()) {
            SslContext before = server.tls();
            Files.copy(directory.resolve("edge-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
            timer.advanceTimeBy(LOOK.multipliedBy(4));

            assertThat(server.tls()).isSameAs(before);
            assertThat(server.status().problems())
                    .singleElement()
                    .asString()
                    .contains("server-key.pem: the key is not that of the first certificate");
            assertThat(logged.lines())
                    .singleElement()
                    .asString()
                    .contains("server-key.pem", "put the key", "what was read before stays in use");

            timer.advanceTimeBy(Duration.ofHours(1));
            assertThat(logged.lines()).as("a reminder").hasSize(2);

            Files.delete(key);
            timer.advanceTimeBy(LOOK);
            assertThat(logged.lines()).hasSize(3).last().asString().contains("there is no such file");
            assertThat(server.tls()).isSameAs(before);

            Files.write(key, good);
            timer.advanceTimeBy(LOOK);
            assertThat(server.status().problems()).isEmpty();
        }
    }

    @Test
    void whoIsTakenOffTheListIsKnownNoMoreThoughTlsIsBroken() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), TOKEN);
        Files.writeString(identities, "edge token-file=token read=1:*\n");
        byte[] secret = TOKEN.getBytes(StandardCharsets.US_ASCII);
        try (SecuredServer server = server()) {
            assertThat(server.identify(null, secret)).isPresent();
            Files.writeString(directory.resolve("server.pem"), "broken");
            Files.writeString(identities, "");
            timer.advanceTimeBy(LOOK);
            assertThat(server.identify(null, secret))
                    .as("a list of nobody is a mistake")
                    .isPresent();
            assertThat(server.status().problems()).hasSize(2);

            Files.writeString(identities, "edge token-file=token read=1:*\n");
            Files.writeString(token, "another-token-0123456789");
            timer.advanceTimeBy(LOOK);

            assertThat(server.identify(null, secret)).isEmpty();
            assertThat(server.identify(null, "another-token-0123456789".getBytes(StandardCharsets.US_ASCII)))
                    .isPresent();
            assertThat(server.status().problems()).singleElement().asString().contains("server.pem");
        }
    }

    @Test
    void certificatesAreOptionalOnceATokenIsListed() throws IOException {
        try (SecuredServer server = server()) {
            SslContext required = server.tls();
            Files.writeString(directory.resolve("token"), TOKEN);
            Files.writeString(identities, "edge san=edge read=1:*\nother token-file=token read=*\n");
            timer.advanceTimeBy(LOOK);
            assertThat(server.tls()).isNotSameAs(required);

            Files.writeString(identities, "edge san=edge read=1:*\n");
            timer.advanceTimeBy(LOOK);
            assertThat(server.tls()).isSameAs(required);
        }
    }

    @Test
    void theEndOfACertificateIsToldThirtyDaysAheadAndThenDaily() throws IOException {
        makeServerCertificate(Duration.ofDays(32));
        try (SecuredServer server = server()) {
            assertThat(logged.lines()).isEmpty();
            timer.advanceTimeBy(Duration.ofHours(36));
            assertThat(logged.lines()).isEmpty();
            timer.advanceTimeBy(Duration.ofDays(1));
            assertThat(logged.lines())
                    .singleElement()
                    .asString()
                    .contains("server.pem: the certificate of CN=127.0.0.1 expires in 29 days", "replace the file");
            timer.advanceTimeBy(Duration.ofDays(3));
            assertThat(logged.lines()).hasSize(4);
            timer.advanceTimeBy(Duration.ofDays(27));
            assertThat(logged.lines()).last().asString().contains("expired at");

            int before = logged.lines().size();
            makeServerCertificate(Duration.ofDays(300));
            timer.advanceTimeBy(Duration.ofDays(3));
            assertThat(logged.lines()).hasSize(before);
            assertThat(server.status().problems()).isEmpty();
        }
    }

    @Test
    void aCertificateThatIsNotValidWhenItIsLoadedIsToldAtOnce() throws IOException {
        makeServerCertificate(Duration.ofDays(10));
        timer.advanceTimeBy(Duration.ofDays(11));
        server().close();
        assertThat(logged.lines()).singleElement().asString().contains("server.pem", "expired at");

        DevelopmentCertificates.builder(directory)
                .server("127.0.0.1")
                .start(Instant.now().plus(Duration.ofDays(50)))
                .overwrite(true)
                .build()
                .write();
        server().close();
        assertThat(logged.lines()).last().asString().contains("server.pem", "is not valid before");
    }

    @Test
    void aTokenOfAClientIsReadAgainAndABrokenOneIsNot() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), TOKEN);
        try (SecuredClient client = SecuredClient.builder()
                .token(token)
                .lookEvery(LOOK)
                .timer(timer)
                .disk(Schedulers.immediate())
                .open()) {
            Files.writeString(token, "short");
            timer.advanceTimeBy(LOOK);
            assertThat(client.token()).asString().isEqualTo(TOKEN);
            assertThat(client.status().problems()).singleElement().asString().contains("expected 22 or more");

            Files.writeString(token, "a-new-token-0123456789");
            timer.advanceTimeBy(LOOK);
            assertThat(client.token()).asString().isEqualTo("a-new-token-0123456789");
        }
    }

    @Test
    void closedItLooksNoMore() throws IOException {
        SecuredServer server = server();
        SslContext before = server.tls();
        server.close();
        server.close();
        makeServerCertificate(Duration.ofDays(50));
        timer.advanceTimeBy(LOOK.multipliedBy(3));

        assertThat(server.tls()).isSameAs(before);
    }

    @Test
    void whatCannotBeUsedAtTheStartIsAnError() throws IOException {
        Files.writeString(identities, "edge san=edge read=nothing\nedge\n");
        assertThatThrownBy(this::server)
                .isInstanceOf(SecurityFileException.class)
                .hasMessageContaining("line 1: ")
                .hasMessageContaining("line 2: ");

        assertThatThrownBy(() -> SecuredServer.builder().open()).hasMessageContaining("identities(Path) is missing");
        Files.writeString(identities, "edge san=edge read=*");
        assertThatThrownBy(() -> SecuredServer.builder().identities(identities).open())
                .hasMessageContaining("this server asks for none");
        assertThatThrownBy(() -> SecuredServer.builder().lookEvery(Duration.ZERO))
                .hasMessageContaining("lookEvery PT0S");
    }

    @Test
    void rotationUnderLoadFailsNoConnection() throws IOException {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicInteger connections = new AtomicInteger();
        try (SecuredServer server = SecuredServer.builder()
                        .tls(files("server"))
                        .identities(identities)
                        .lookEvery(Duration.ofMillis(10))
                        .open();
                TestServer listening = new TestServer(server);
                SecuredClient client = SecuredClient.builder()
                        .tls(files("edge"))
                        .lookEvery(Duration.ofMillis(10))
                        .open()) {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Void> load = Flux.range(0, Integer.MAX_VALUE)
                    .takeWhile(i -> !enough.get())
                    .flatMap(
                            i -> TestServer.ask(listening.port(), client, "1:3")
                                    .doOnNext(answer -> connections.incrementAndGet())
                                    .then(),
                            3,
                            1)
                    .doOnError(failures::add)
                    .then()
                    .toFuture();
            for (int rotation = 1; rotation <= 8; rotation++) {
                int before = connections.get();
                Instant serverEnd = end(server.status());
                Instant clientEnd = end(client.status());
                DevelopmentCertificates.builder(directory)
                        .server("127.0.0.1")
                        .client("edge")
                        .validity(Duration.ofDays(100 + rotation))
                        .overwrite(true)
                        .build()
                        .write();
                await().until(() -> !failures.isEmpty()
                        || (!end(server.status()).equals(serverEnd)
                                && !end(client.status()).equals(clientEnd)
                                && connections.get() > before + 3));
            }
            enough.set(true);
            assertThat(failures).isEmpty();
            load.join();
        }
    }

    private static Instant end(SecurityStatus status) {
        return status.certificate().orElseThrow().notAfter();
    }

    private void makeServerCertificate(Duration validity) throws IOException {
        DevelopmentCertificates.builder(directory)
                .server("127.0.0.1")
                .validity(validity)
                .overwrite(true)
                .build()
                .write();
    }

    private SecuredServer server() throws IOException {
        return SecuredServer.builder()
                .tls(files("server"))
                .identities(identities)
                .lookEvery(LOOK)
                .timer(timer)
                .disk(Schedulers.immediate())
                .open();
    }

    private TlsFiles files(String name) {
        return TlsFiles.builder()
                .certificate(directory.resolve(name + ".pem"))
                .key(directory.resolve(name + "-key.pem"))
                .trusted(directory.resolve("ca.pem"))
                .build();
    }
}
