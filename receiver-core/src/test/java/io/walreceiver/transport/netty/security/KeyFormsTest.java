package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys as openssl and others have written them over the years. */
class KeyFormsTest {

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
    private static final String PASSWORD = "correct horse";

    @TempDir
    private Path directory;

    static Stream<String> forms() {
        return Stream.of("RSA", "EC", "Ed25519")
                .flatMap(algorithm -> Stream.of("pkcs8", "encrypted-pkcs8", "traditional", "encrypted-traditional")
                        .filter(form -> !algorithm.equals("Ed25519") || !form.contains("traditional"))
                        .map(form -> algorithm + " " + form));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormServes(String algorithmAndForm) throws Exception {
        String[] words = algorithmAndForm.split(" ");
        KeyPair pair = pair(words[0]);
        TlsFiles.Builder files = write(pair, words[1]);

        connect(files);

        assertThat(Security.getProviders())
                .noneMatch(provider -> provider.getName().equals("BC"));
    }

    @Test
    void parametersBeforeAnEcKeyArePassedOver() throws Exception {
        KeyPair pair = pair("EC");
        TlsFiles.Builder files = write(pair, "traditional");
        Path key = directory.resolve("key.pem");
        Files.writeString(
                key,
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + Files.readString(key));

        connect(files);
    }

    @Test
    void keyAndCertificateMayShareAFile() throws Exception {
        write(pair("EC"), "pkcs8");
        Path both = Files.writeString(
                directory.resolve("both.pem"),
                "Bag Attributes\n" + Files.readString(directory.resolve("key.pem"))
                        + Files.readString(directory.resolve("certificate.pem")));

        connect(TlsFiles.builder().certificate(both));
    }

    @ParameterizedTest
    @CsvSource({"encrypted-pkcs8", "encrypted-traditional"})
    void aPasswordThatIsWrongOrMissingIsTold(String form) throws Exception {
        TlsFiles.Builder files = write(pair("EC"), form);
        Files.writeString(directory.resolve("password"), "wrong-password\n");
        assertThatThrownBy(() -> read(files.build()))
                .isInstanceOf(SecurityFileException.class)
                .hasMessageContaining("key.pem: the password in ")
                .hasStackTraceContaining("does not decrypt the key")
                .satisfies(e -> assertThat(e.toString()).doesNotContain("wrong-password"));

        Files.writeString(directory.resolve("password"), "\n");
        assertThatThrownBy(() -> read(files.build())).hasMessageContaining("holds no password on its first line");

        files.keyPassword(directory.resolve("missing"));
        assertThatThrownBy(() -> read(files.build())).hasMessageContaining("missing: there is no such file");

        TlsFiles without = TlsFiles.builder()
                .certificate(directory.resolve("certificate.pem"))
                .key(directory.resolve("key.pem"))
                .build();
        assertThatThrownBy(() -> read(without))
                .hasMessageContaining("key.pem: the key is encrypted; name the file that holds its password");
    }

    @ParameterizedTest
    @CsvSource({"EC, EC", "RSA, EC", "EC, RSA", "Ed25519, EC"})
    void aKeyThatDoesNotBelongToTheCertificateIsRefused(String one, String other) throws Exception {
        write(pair(one), "pkcs8");
        byte[] key = Files.readAllBytes(directory.resolve("key.pem"));
        TlsFiles.Builder files = write(pair(other), "pkcs8");
        Files.write(directory.resolve("key.pem"), key);

        assertThatThrownBy(() -> read(files.build()))
                .isInstanceOf(SecurityFileException.class)
                .hasMessageContaining("the key is not that of the first certificate in")
                .hasMessageContaining("certificate.pem");
    }

    @Test
    void whatIsNoPemIsToldWithoutQuotingIt() throws Exception {
        TlsFiles.Builder files = write(pair("EC"), "pkcs8");
        Path key = directory.resolve("key.pem");
        String whole = Files.readString(key);
        String secret = whole.lines().skip(1).findFirst().orElseThrow().substring(4, 24);

        for (String broken : new String[] {
            "",
            secret,
            whole.substring(0, whole.length() / 2),
            whole.replace(secret, secret + "!"),
            whole.replace(secret, "")
        }) {
            Files.writeString(key, broken);
            assertThatThrownBy(() -> read(files.build()))
                    .isInstanceOf(SecurityFileException.class)
                    .hasMessageContaining("key.pem")
                    .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(secret));
        }
        Files.write(key, new byte[FileSnapshot.MAX_FILE_BYTES + 1]);
        assertThatThrownBy(() -> read(files.build())).hasMessageContaining("larger than");
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static TlsMaterial read(TlsFiles files) throws SecurityFileException {
        return TlsMaterial.read(new FileSnapshot(), files).value();
    }

    private void connect(TlsFiles.Builder files) throws IOException {
        Files.writeString(directory.resolve("token"), "pZ0fK3Qm8sT1vX5yB7dE9g");
        Files.writeString(directory.resolve("identities"), "edge token-file=token read=*");
        SslContext client = PemTls.client(new TlsMaterial(
                List.of(), null, new PemReader(new FileSnapshot()).certificates(directory.resolve("certificate.pem"))));
        try (SecuredServer security = SecuredServer.builder()
                        .tls(files.build())
                        .identities(directory.resolve("identities"))
                        .open();
                TestServer server = new TestServer(security)) {
            assertThat(TestServer.ask(server.port(), client, "pZ0fK3Qm8sT1vX5yB7dE9g 1:3\n")
                            .block())
                    .isEqualTo("edge");
        }
    }

    private TlsFiles.Builder write(KeyPair pair, String form) throws Exception {
        TlsFiles.Builder files = TlsFiles.builder()
                .certificate(write("certificate.pem", new JcaMiscPEMGenerator(selfSigned(pair))))
                .key(write("key.pem", generator(pair, form)));
        if (form.startsWith("encrypted")) {
            files.keyPassword(Files.writeString(directory.resolve("password"), PASSWORD + "\n"));
        }
        return files;
    }

    private static PemObjectGenerator generator(KeyPair pair, String form) throws Exception {
        return switch (form) {
            case "pkcs8" -> new JcaPKCS8Generator(pair.getPrivate(), null);
            case "encrypted-pkcs8" ->
                new JcaPKCS8Generator(
                        pair.getPrivate(),
                        new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                .setProvider(PROVIDER)
                                .setPRF(PKCS8Generator.PRF_HMACSHA256)
                                .setPassword(PASSWORD.toCharArray())
                                .build());
            case "traditional" -> new JcaMiscPEMGenerator(withCurve(pair));
            default ->
                new JcaMiscPEMGenerator(
                        withCurve(pair),
                        new JcePEMEncryptorBuilder("AES-256-CBC")
                                .setProvider(PROVIDER)
                                .build(PASSWORD.toCharArray()));
        };
    }

    /** As openssl writes it: the JDK leaves the curve out of the part that is the traditional form. */
    private static PrivateKey withCurve(KeyPair pair) throws GeneralSecurityException {
        return KeyFactory.getInstance(pair.getPrivate().getAlgorithm(), PROVIDER)
                .generatePrivate(new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded()));
    }

    private Path write(String name, PemObjectGenerator content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        return Files.writeString(directory.resolve(name), text.toString());
    }

    private static KeyPair pair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        }
        return generator.generateKeyPair();
    }

    private static X509Certificate selfSigned(KeyPair pair) throws Exception {
        String algorithm = switch (pair.getPrivate().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        X500Principal name = new X500Principal("CN=test");
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                name,
                                BigInteger.ONE,
                                Date.from(Instant.now().minus(Duration.ofDays(1))),
                                Date.from(Instant.now().plus(Duration.ofDays(1))),
                                name,
                                pair.getPublic())
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                        .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate())));
    }
}
