package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class SecuredServerTest {

    private static final byte[] TOKEN = "pZ0fK3Qm8sT1vX5yB7dE9g".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OTHER_TOKEN = "another-token-0123456789".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private Logged logged = Logged.warnings();

    @BeforeEach
    void makeCertificates() throws IOException {
        logged.close();
        logged = Logged.warnings();
        DevelopmentCertificates.builder(directory)
                .server("both.example.org", "edge", "127.0.0.1")
                .client("edge")
                .client("stranger")
                .build()
                .write();
        timer.advanceTimeTo(Instant.now());
    }

    @AfterEach
    void stopListening() {
        logged.close();
        timer.dispose();
    }

    @Test
    void whatIsShownMustBeKnownAndAgree() throws IOException {
        X509Certificate edge = certificate("edge");
        X509Certificate stranger = certificate("stranger");
        try (SecuredServer server = server(
                "edge san=EDGE token-sha256=" + Sha256.hex(TOKEN) + " read=*",
                "other token-sha256=" + Sha256.hex(OTHER_TOKEN) + " read=*")) {
            assertThat(server.identify(edge, null))
                    .hasValueSatisfying(who -> assertThat(who.name()).isEqualTo("edge"));
            assertThat(server.identify(null, TOKEN)).isEqualTo(server.identify(edge, null));
            assertThat(server.identify(edge, TOKEN)).isEqualTo(server.identify(edge, null));
            assertThat(server.identify(null, null)).isEmpty();
            assertThat(logged.lines()).isEmpty();

            assertThat(server.identify(edge, OTHER_TOKEN)).isEmpty();
            assertLogged("its certificate is that of edge, its token that of other");
            assertThat(server.identify(edge, new byte[22])).isEmpty();
            assertLogged("its token is that of nobody");
            assertThat(server.identify(stranger, TOKEN)).isEmpty();
            assertLogged("its certificate (CN=stranger, names [stranger]) is that of nobody");
            assertThat(server.identify(stranger, null)).isEmpty();
            assertThat(server.identify(stranger, null))
                    .as("within the same second")
                    .isEmpty();
            timer.advanceTimeBy(Duration.ofSeconds(2));
            assertThat(server.identify(stranger, null)).isEmpty();
            assertThat(logged.lines()).last().asString().contains("1 warnings like this were left out");
        }
    }

    @Test
    void aCertificateOfSeveralIdentitiesIsThatOfNobody() throws IOException {
        try (SecuredServer server = server("a san=both.example.org read=*", "b san=edge read=*")) {
            assertThat(server.identify(certificate("server"), null)).isEmpty();
            assertThat(server.identify(certificate("edge"), null)).isPresent();
        }
        try (SecuredServer server = server("a san=both.example.org san=edge read=*")) {
            assertThat(server.identify(certificate("server"), null)).isPresent();
        }
    }

    @Test
    void aCertificateThatExpiresWhileItsSessionLastsIsRefused() throws IOException {
        try (SecuredServer server = server("edge san=edge read=*")) {
            assertThat(server.identify(certificate("edge"), null)).isPresent();
            timer.advanceTimeBy(Duration.ofDays(366));
            assertThat(server.identify(certificate("edge"), null)).isEmpty();
            assertLogged("is not valid now");
        }
    }

    private void assertLogged(String text) {
        assertThat(logged.lines()).last().asString().contains("a peer is refused: ", text);
        timer.advanceTimeBy(Duration.ofSeconds(2));
    }

    private X509Certificate certificate(String name) throws IOException {
        return new PemReader(new FileSnapshot())
                .certificates(directory.resolve(name + ".pem"))
                .get(0);
    }

    private SecuredServer server(String... identities) throws IOException {
        return SecuredServer.builder()
                .tls(TlsFiles.builder()
                        .certificate(directory.resolve("server.pem"))
                        .key(directory.resolve("server-key.pem"))
                        .trusted(directory.resolve("ca.pem"))
                        .build())
                .identities(Files.writeString(directory.resolve("identities"), String.join("\n", identities)))
                .lookEvery(Duration.ofDays(1))
                .timer(timer)
                .disk(Schedulers.immediate())
                .open();
    }
}
