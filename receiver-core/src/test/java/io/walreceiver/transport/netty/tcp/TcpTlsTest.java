package io.walreceiver.transport.netty.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.transport.netty.security.DevelopmentCertificates;
import io.walreceiver.transport.netty.security.Logged;
import io.walreceiver.transport.netty.security.SecuredClient;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.TlsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** The replication protocol with certificates on both sides: who may not gets nothing, who may loses nothing. */
class TcpTlsTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private final FakePublication publication = new FakePublication();
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private final AtomicLong position = new AtomicLong();
    private final Disposable.Swap subscription = Disposables.swap();
    private TcpPublisher.@Nullable Running running;

    @BeforeEach
    void makeCertificates() throws IOException {
        certificates(directory, Duration.ofDays(10));
        Files.writeString(directory.resolve("identities"), """
                edge san=edge.example.org read=1:*
                other san=other.example.org read=2:*
                """);
    }

    @AfterEach
    void stop() {
        subscription.dispose();
        stopPublisher();
        publication.leader.close();
    }

    @Test
    void whoIsListedIsServed() throws IOException {
        publication.send(LOG, 700_000);
        try (SecuredServer server = server();
                SecuredClient client = client(files(directory, "edge.example.org"))) {
            follow(transport(start(server, 0), client));
            await().untilAsserted(() -> assertThat(received).containsExactly(1L));
            assertThat(publisher().followers())
                    .singleElement()
                    .satisfies(follower -> assertThat(follower.identity()).isEqualTo("edge"));
        }
    }

    @Test
    void noCertificateIsRefused() throws IOException {
        assertRefused(
                TlsFiles.builder().trusted(directory.resolve("ca.pem")).build(),
                "; next step: see that each side has a certificate"); // JDKs name the alert differently
    }

    @Test
    void aCertificateThatIsNotListedIsRefused() throws IOException {
        assertRefused(
                files(directory, "stranger.example.org"), "expected a certificate or a token that the publisher knows");
    }

    @Test
    void anExpiredCertificateIsRefused() throws IOException {
        reissue(Instant.now().minus(Duration.ofDays(30)), Duration.ofDays(1));
        assertRefused(files(directory, "edge.example.org"), "Received fatal alert: certificate_");
    }

    @Test
    void aCertificateThatIsNotValidYetIsRefused() throws IOException {
        reissue(Instant.now().plus(Duration.ofDays(30)), Duration.ofDays(1));
        assertRefused(files(directory, "edge.example.org"), "Received fatal alert: certificate_");
    }

    @Test
    void aPublisherOfAnotherCaIsNotTalkedTo() throws IOException {
        Path others = directory.resolve("others");
        certificates(others, Duration.ofDays(10));
        assertRefused(
                TlsFiles.builder()
                        .certificate(directory.resolve("edge.example.org.pem"))
                        .key(directory.resolve("edge.example.org-key.pem"))
                        .trusted(others.resolve("ca.pem"))
                        .build(),
                "TLS: ");
    }

    @Test
    void whoIsListedForAnotherLogGetsNothingOfThis() throws IOException {
        publication.send(LOG, 1000);
        publication.send(LOG, 1000);
        try (SecuredServer server = server();
                SecuredClient client = client(files(directory, "other.example.org"))) {
            TcpTransport transport = transport(start(server, 0), client);
            position.set(1); // of what he holds nothing, he is not even told that it is there
            follow(transport);
            await().untilAsserted(() -> assertThat(transport.trouble(LOG)).hasValueSatisfying(trouble -> {
                assertThat(trouble.state()).isEqualTo(LogState.FORBIDDEN);
                assertThat(trouble.cause()).contains("may not read it", "add the log to what its identity may read");
            }));
            assertThat(received).isEmpty();
        }
    }

    @Test
    void whatAPlainPeerSentIsNotQuoted() throws IOException {
        String secret = "plain-4f9d2c61b7e84a30a5c8";
        Files.writeString(directory.resolve("token"), secret);
        try (Logged everything = Logged.everything();
                SecuredServer server = server();
                SecuredClient plain = SecuredClient.builder()
                        .token(directory.resolve("token"))
                        .open()) {
            follow(transport(start(server, 0), plain));
            await().untilAsserted(() -> assertThat(everything.text()).contains("the peer does not speak TLS"));
            subscription.dispose();
            stopPublisher();
            assertThat(everything.text())
                    .doesNotContain(secret)
                    .doesNotContainIgnoringCase(
                            ByteBufUtil.hexDump(secret.substring(0, 8).getBytes(StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void rotationUnderLoadLosesNothing() throws IOException {
        try (SecuredServer server = server();
                SecuredClient client = client(files(directory, "edge.example.org"))) {
            int port = start(server, 0);
            TcpTransport transport = transport(port, client);
            follow(transport);
            int sent = 0;
            for (int rotation = 1; rotation <= 4; rotation++) {
                for (int i = 0; i < 50; i++, sent++) {
                    publication.send(LOG, 20_000);
                }
                Instant serverEnd = end(server);
                Instant clientEnd = client.status().certificate().orElseThrow().notAfter();
                certificates(directory, Duration.ofDays(20 + rotation));
                await().until(() -> !end(server).equals(serverEnd)
                        && !client.status()
                                .certificate()
                                .orElseThrow()
                                .notAfter()
                                .equals(clientEnd));
                stopPublisher(); // so that the next connection is made with the new ones
                start(server, port);
            }
            List<Long> all = LongStream.rangeClosed(1, sent).boxed().toList();
            await().untilAsserted(() ->
                    assertThat(received.stream().distinct().toList()).isEqualTo(all));
            assertThat(transport.status().reconnects()).isGreaterThanOrEqualTo(4);
        }
    }

    /** Before a byte of data. */
    private void assertRefused(TlsFiles files, String reason) throws IOException {
        publication.send(LOG, 1000);
        try (SecuredServer server = server();
                SecuredClient client = client(files)) {
            TcpTransport transport = transport(start(server, 0), client);
            follow(transport);
            await().untilAsserted(() -> assertThat(transport.status().text()).contains(reason));
            await().until(() -> transport.status().reconnects() > 2);
            assertThat(received).isEmpty();
            assertThat(publisher().followers())
                    .allSatisfy(follower -> assertThat(follower.sentBytes()).isZero());
        }
    }

    private static Instant end(SecuredServer server) {
        return server.status().certificate().orElseThrow().notAfter();
    }

    private static void certificates(Path directory, Duration validity) throws IOException {
        DevelopmentCertificates.builder(directory)
                .server("127.0.0.1")
                .client("edge.example.org")
                .client("other.example.org")
                .client("stranger.example.org")
                .validity(validity)
                .overwrite(true)
                .build()
                .write();
    }

    private void reissue(Instant start, Duration validity) throws IOException {
        DevelopmentCertificates.builder(directory)
                .client("edge.example.org")
                .start(start)
                .validity(validity)
                .overwrite(true)
                .build()
                .write();
    }

    private static TlsFiles files(Path directory, String name) {
        return TlsFiles.builder()
                .certificate(directory.resolve(name + ".pem"))
                .key(directory.resolve(name + "-key.pem"))
                .trusted(directory.resolve("ca.pem"))
                .build();
    }

    private SecuredServer server() throws IOException {
        return SecuredServer.builder()
                .tls(files(directory, "server"))
                .identities(directory.resolve("identities"))
                .lookEvery(Duration.ofMillis(10))
                .open();
    }

    private static SecuredClient client(TlsFiles files) throws IOException {
        return SecuredClient.builder()
                .tls(files)
                .lookEvery(Duration.ofMillis(10))
                .open();
    }

    private int start(SecuredServer security, int port) {
        TcpPublisher.Running started = Objects.requireNonNull(TcpPublisher.builder(publication)
                .port(port)
                .security(security)
                .build()
                .start()
                .block(SOON));
        running = started;
        return started.address().getPort();
    }

    private TcpPublisher.Running publisher() {
        return Objects.requireNonNull(running);
    }

    private void stopPublisher() {
        TcpPublisher.Running started = running;
        running = null;
        if (started != null) {
            started.stop(false).block(SOON);
        }
    }

    private static TcpTransport transport(int port, SecuredClient client) {
        return TcpTransport.builder()
                .host("127.0.0.1")
                .port(port)
                .security(client)
                .windowBytesPerLog(1L << 30)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    private void follow(TcpTransport transport) {
        subscription.replace(transport
                .segments(() -> Map.of(LOG, position.get()))
                .map(WalSegmentPayload::id)
                .subscribe(id -> {
                    position.set(id.seqno());
                    received.add(id.seqno());
                }));
    }
}
