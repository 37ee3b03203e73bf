package io.walreceiver.transport.netty.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files of TLS hold, which fits together.
 *
 * @param chain one's own certificate first; empty if there is none
 * @param key of the first certificate; null if there is none
 * @param trusted empty if no file names any
 */
record TlsMaterial(List<X509Certificate> chain, @Nullable PrivateKey key, List<X509Certificate> trusted) {

    private static final byte[] PROBE =
            "walreceiver: does this key belong to that certificate?".getBytes(StandardCharsets.US_ASCII);

    TlsMaterial {
        chain = List.copyOf(chain);
        trusted = List.copyOf(trusted);
    }

    /**
     * Reads the files.
     *
     * @throws SecurityFileException if one cannot be used, or the key is not that of the certificate
     */
    static Loaded<TlsMaterial> read(FileSnapshot files, TlsFiles names) throws SecurityFileException {
        PemReader pem = new PemReader(files);
        List<String> warnings = new ArrayList<>();
        List<X509Certificate> trusted =
                names.trusted().isPresent() ? pem.certificates(names.trusted().get()) : List.of();
        Optional<Path> certificate = names.certificate();
        if (certificate.isEmpty()) {
            return new Loaded<>(new TlsMaterial(List.of(), null, trusted), warnings);
        }
        List<X509Certificate> chain = pem.certificates(certificate.get());
        Path keyFile = names.key().orElse(certificate.get());
        PrivateKey key = pem.key(keyFile, names.keyPassword().orElse(null));
        check(keyFile, key, certificate.get(), chain.get(0).getPublicKey());
        names.keyPassword().ifPresent(file -> warnings.addAll(FileSnapshot.warnIfOthersMayRead(file)));
        warnings.addAll(FileSnapshot.warnIfOthersMayRead(keyFile));
        return new Loaded<>(new TlsMaterial(chain, key, trusted), warnings);
    }

    private static void check(Path keyFile, PrivateKey key, Path certificateFile, PublicKey publicKey)
            throws SecurityFileException {
        if (!fits(keyFile, key, publicKey)) {
            throw new SecurityFileException(
                    keyFile,
                    "the key is not that of the first certificate in " + certificateFile,
                    "put the key and the certificate that belong together there");
        }
    }

    private static boolean fits(Path keyFile, PrivateKey key, PublicKey publicKey) throws SecurityFileException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default ->
                throw new SecurityFileException(
                        keyFile, PemReader.UNUSABLE_KEY + ", for " + key.getAlgorithm(), PemReader.USABLE_KEYS);
        };
        byte[] signed = sign(keyFile, algorithm, key);
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // the certificate is for another kind of key
        }
    }

    private static byte[] sign(Path keyFile, String algorithm, PrivateKey key) throws SecurityFileException {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(PROBE);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new SecurityFileException(keyFile, PemReader.UNUSABLE_KEY, PemReader.USABLE_KEYS);
        }
    }

    @Override
    public String toString() {
        return "TlsMaterial{chain=" + chain.size() + " certificates, key=" + (key == null ? "none" : "REDACTED")
                + ", trusted=" + trusted.size() + " certificates}";
    }
}
