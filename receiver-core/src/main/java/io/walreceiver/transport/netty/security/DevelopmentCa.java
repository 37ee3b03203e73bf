package io.walreceiver.transport.netty.security;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Issues certificates; keys are EC P-256. */
final class DevelopmentCa {

    static final String NAME = "ca";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final X509Certificate certificate;
    private final PrivateKey key;

    DevelopmentCa(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    static Path certificateFile(Path directory, String name) {
        return directory.resolve(name + ".pem");
    }

    static Path keyFile(Path directory, String name) {
        return directory.resolve(name + "-key.pem");
    }

    /** The one that is in a directory. */
    static DevelopmentCa read(Path directory) throws SecurityFileException {
        TlsFiles files = TlsFiles.builder()
                .certificate(certificateFile(directory, NAME))
                .key(keyFile(directory, NAME))
                .build();
        TlsMaterial material = TlsMaterial.read(new FileSnapshot(), files).value();
        return new DevelopmentCa(material.chain().get(0), Objects.requireNonNull(material.key()));
    }

    /** A new one. */
    static Issued make(Instant start, Duration validity) throws IOException {
        try {
            KeyPair pair = newPair();
            X500Principal subject = new X500Principal("CN=Development CA " + Long.toHexString(RANDOM.nextLong()));
            X509v3CertificateBuilder builder = builder(subject, subject, start, start.plus(validity), pair)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new Issued(signed(builder, pair.getPrivate()), pair.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("the CA cannot be made: " + e.getMessage(), e);
        }
    }

    /**
     * A new certificate and its key.
     *
     * @param names DNS names and addresses
     * @param server whether a server may show it too, and not only a client
     */
    Issued issue(String commonName, List<String> names, boolean server, Instant start, Duration validity)
            throws IOException {
        try {
            KeyPair pair = newPair();
            KeyPurposeId[] purposes = server
                    ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
                    : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
            Instant end = start.plus(validity);
            Instant last = certificate.getNotAfter().toInstant();
            X509v3CertificateBuilder builder = builder(
                            certificate.getSubjectX500Principal(),
                            new X500Principal("CN=" + commonName.substring(0, Math.min(commonName.length(), 64))),
                            start,
                            end.isAfter(last) ? last : end,
                            pair)
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate))
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
                    .addExtension(Extension.subjectAlternativeName, false, names(names));
            return new Issued(signed(builder, key), pair.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("the certificate of " + commonName + " cannot be made: " + e.getMessage(), e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Principal issuer, X500Principal subject, Instant start, Instant end, KeyPair pair)
            throws GeneralSecurityException, IOException {
        return new JcaX509v3CertificateBuilder(
                        issuer,
                        new BigInteger(127, RANDOM),
                        Date.from(start.minus(CLOCK_SKEW)),
                        Date.from(end),
                        subject,
                        pair.getPublic())
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    private static GeneralNames names(List<String> names) {
        return new GeneralNames(names.stream()
                .map(name -> new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new));
    }

    private static boolean isAddress(String name) {
        return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name);
    }

    private static KeyPair newPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
        return generator.generateKeyPair();
    }

    /** A certificate with its key. */
    record Issued(X509Certificate certificate, PrivateKey key) {

        List<Path> write(Path directory, String name) throws IOException {
            Path keyFile = keyFile(directory, name);
            Path certificateFile = certificateFile(directory, name);
            // As they are to be used together, the key first: a certificate without its key is of no use.
            PemFile.writeSecret(keyFile, pem(new JcaPKCS8Generator(key, null)));
            PemFile.write(certificateFile, pem(certificate));
            return List.of(certificateFile, keyFile);
        }

        private static String pem(Object object) throws IOException {
            StringWriter text = new StringWriter();
            try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
                writer.writeObject(object);
            }
            return text.toString();
        }

        @Override
        public String toString() {
            return "Issued{certificate=" + certificate.getSubjectX500Principal() + ", key=REDACTED}";
        }
    }
}
