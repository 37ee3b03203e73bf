package io.walreceiver.transport.netty.security;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECPrivateKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.X509TrustedCertificateBlock;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and keys from PEM files. Parsing and decrypting is BouncyCastle's, by a provider that is not registered; what comes
 * out are the JDK's own keys and certificates. Messages and causes never hold what a key file holds.
 */
final class PemReader {

    static final String UNUSABLE_KEY = "holds a key that this Java cannot use";
    static final String USABLE_KEYS = "use an RSA, EC (P-256, P-384, P-521) or Ed25519 key";

    private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

    private final FileSnapshot files;

    PemReader(FileSnapshot files) {
        this.files = files;
    }

    /** The certificates in a file, one or more, in their order; other things in it are passed over. */
    List<X509Certificate> certificates(Path file) throws SecurityFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object entry : entries(file, "a certificate")) {
            X509CertificateHolder holder = entry instanceof X509TrustedCertificateBlock block
                    ? block.getCertificateHolder()
                    : entry instanceof X509CertificateHolder plain ? plain : null;
            if (holder != null) {
                certificates.add(certificate(file, holder));
            }
        }
        if (certificates.isEmpty()) {
            throw new SecurityFileException(
                    file,
                    "holds no certificate: expected -----BEGIN CERTIFICATE-----",
                    "name a PEM file; from DER: openssl x509 -inform der -in FILE -out FILE.pem");
        }
        return certificates;
    }

    /** The first private key in a file. */
    PrivateKey key(Path file, @Nullable Path passwordFile) throws SecurityFileException {
        for (Object entry : entries(file, "a private key")) {
            if (entry instanceof PEMKeyPair pair) {
                return key(file, pair.getPrivateKeyInfo());
            }
            if (entry instanceof PrivateKeyInfo info) {
                return key(file, info);
            }
            if (entry instanceof PEMEncryptedKeyPair || entry instanceof PKCS8EncryptedPrivateKeyInfo) {
                return key(file, decrypted(file, entry, passwordFile));
            }
        }
        throw new SecurityFileException(
                file,
                "holds no private key: expected -----BEGIN PRIVATE KEY----- or the like",
                "name the PEM file of the key");
    }

    private PrivateKeyInfo decrypted(Path file, Object encrypted, @Nullable Path passwordFile)
            throws SecurityFileException {
        if (passwordFile == null) {
            throw new SecurityFileException(file, "the key is encrypted", "name the file that holds its password");
        }
        char[] password = password(passwordFile);
        try {
            if (encrypted instanceof PEMEncryptedKeyPair pair) {
                return pair.decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                                .setProvider(PROVIDER)
                                .build(password))
                        .getPrivateKeyInfo();
            }
            return ((PKCS8EncryptedPrivateKeyInfo) encrypted)
                    .decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                            .setProvider(PROVIDER)
                            .build(password));
        } catch (IOException | PKCSException | OperatorCreationException | RuntimeException e) {
            throw new SecurityFileException(
                    file,
                    "the password in " + passwordFile + " does not decrypt the key",
                    "correct the password or the key");
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private char[] password(Path file) throws SecurityFileException {
        String text = new String(files.read(file), StandardCharsets.UTF_8);
        String line = text.lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new SecurityFileException(file, "holds no password on its first line", "put the password there");
        }
        return line.toCharArray();
    }

    private static PrivateKey key(Path file, PrivateKeyInfo info) throws SecurityFileException {
        try {
            PrivateKey key = new JcaPEMKeyConverter().setProvider(PROVIDER).getPrivateKey(info);
            // As the JDK's own: TLS takes no other for granted, and its parser fails at what openssl puts into an EC
            // key.
            return key instanceof ECPrivateKey ec
                    ? KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(ec.getS(), ec.getParams()))
                    : new JcaPEMKeyConverter().getPrivateKey(info);
        } catch (PEMException | GeneralSecurityException | RuntimeException e) {
            throw new SecurityFileException(file, UNUSABLE_KEY, USABLE_KEYS);
        }
    }

    private static X509Certificate certificate(Path file, X509CertificateHolder holder) throws SecurityFileException {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new SecurityFileException(
                    file,
                    List.of("holds a certificate that this Java cannot use: " + e.getMessage()),
                    "have it issued again",
                    e);
        }
    }

    private List<Object> entries(Path file, String wanted) throws SecurityFileException {
        String text = new String(files.read(file), StandardCharsets.ISO_8859_1);
        List<Object> entries = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                entries.add(entry);
            }
            return entries;
        } catch (IOException | RuntimeException e) {
            // Neither its message nor its cause: they may quote the file, which may be that of a key.
            throw new SecurityFileException(
                    file,
                    "entry " + (entries.size() + 1) + " is nothing that is known in PEM files, or cut short; expected "
                            + wanted,
                    "see: openssl asn1parse -in " + file);
        }
    }
}
