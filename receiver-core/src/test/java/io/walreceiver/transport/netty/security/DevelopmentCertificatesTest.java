package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentCertificatesTest {

    @TempDir
    private Path directory;

    @Test
    void aCaAServerAndClients() throws IOException, GeneralSecurityException {
        Path out = directory.resolve("new/certs");

        List<Path> written = DevelopmentCertificates.builder(out)
                .server("localhost", "127.0.0.1", "::1")
                .client("leader-1.example.org")
                .client("edge")
                .validity(Duration.ofDays(90))
                .build()
                .write();

        assertThat(written)
                .extracting(file -> out.relativize(file).toString())
                .containsExactly(
                        "ca.pem",
                        "ca-key.pem",
                        "server.pem",
                        "server-key.pem",
                        "leader-1.example.org.pem",
                        "leader-1.example.org-key.pem",
                        "edge.pem",
                        "edge-key.pem");
        X509Certificate ca = certificate(out, "ca");
        X509Certificate server = certificate(out, "server");
        assertThat(ca.getBasicConstraints()).isZero();
        server.verify(ca.getPublicKey());
        server.checkValidity();
        assertThat(server.getNotAfter().toInstant())
                .isBetween(
                        Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
        assertThat(SubjectNames.all(server)).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(SubjectNames.identifying(certificate(out, "edge"))).containsExactly("edge");
        assertThat(certificate(out, "edge").getExtendedKeyUsage()).hasSize(1);
        for (Path file : written) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .startsWith(file.toString().endsWith("-key.pem") ? "rw-------" : "rw-");
        }
        try (var files = Files.list(out)) {
            assertThat(files).hasSameSizeAs(written);
        }
    }

    @Test
    void nothingIsReplacedUnlessThatIsMeantAndTheCaNever() throws IOException {
        DevelopmentCertificates.builder(directory).server("localhost").build().write();
        byte[] ca = Files.readAllBytes(directory.resolve("ca.pem"));
        byte[] server = Files.readAllBytes(directory.resolve("server.pem"));
        DevelopmentCertificates.Builder again =
                DevelopmentCertificates.builder(directory).client("edge").server("localhost");

        assertThatThrownBy(() -> again.build().write())
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("server.pem");
        assertThat(directory.resolve("edge.pem")).doesNotExist();

        again.overwrite(true).build().write();
        assertThat(directory.resolve("edge.pem")).exists();
        assertThat(directory.resolve("server.pem")).binaryContent().isNotEqualTo(server);
        assertThat(directory.resolve("ca.pem")).hasBinaryContent(ca);
    }

    @Test
    void aCaOfWhichHalfIsThereIsLeftAlone() throws IOException {
        DevelopmentCertificates.builder(directory).build().write();
        Path key = directory.resolve("ca-key.pem");
        byte[] before = Files.readAllBytes(key);
        Files.delete(directory.resolve("ca.pem"));

        assertThatThrownBy(() -> DevelopmentCertificates.builder(directory)
                        .client("edge")
                        .overwrite(true)
                        .build()
                        .write())
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(key).hasBinaryContent(before);
    }

    @Test
    void aCertificateEndsNoLaterThanItsCa() throws IOException {
        DevelopmentCertificates.builder(directory).build().write();
        DevelopmentCertificates.builder(directory)
                .client("edge")
                .start(Instant.now().plus(Duration.ofDays(3000)))
                .validity(Duration.ofDays(3000))
                .build()
                .write();

        assertThat(certificate(directory, "edge").getNotAfter())
                .isEqualTo(certificate(directory, "ca").getNotAfter());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ca", "server", "../x", "a/b", "-x", ".x", "a b", "ä"})
    void aClientHasANameThatCanBeAFile(String name) {
        assertThatThrownBy(() -> DevelopmentCertificates.builder(directory).client(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("client '");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "*", "-x", "a,b", "http://x"})
    void aServerHasNamesAndAddresses(String name) {
        assertThatThrownBy(() -> DevelopmentCertificates.builder(directory).server(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("server '");
    }

    private static X509Certificate certificate(Path directory, String name) throws IOException {
        return new PemReader(new FileSnapshot())
                .certificates(directory.resolve(name + ".pem"))
                .get(0);
    }
}
