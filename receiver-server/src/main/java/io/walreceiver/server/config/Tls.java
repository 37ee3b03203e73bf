package io.walreceiver.server.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of TLS, PEM.
 *
 * @param certificate its own
 * @param key of the certificate
 * @param keyPassword of the key
 * @param ca whom to trust
 */
public record Tls(
        @Setting(value = "Own certificate and those between it and its CA, PEM.", otherwise = "none")
        Optional<Path> certificate,

        @Setting(value = "The private key of the certificate, PEM.", secret = true, otherwise = "none")
        Optional<Path> key,

        @Setting(value = "A file that holds the password of the key.", secret = true, otherwise = "none")
        Optional<Path> keyPassword,

        @Setting(
                value =
                        "Whom to trust: CA certificates, PEM. Where something listens, peers are asked for a certificate.",
                otherwise = "for what is connected to: whom Java trusts")
        Optional<Path> ca) {

    /** No files. */
    public static final Tls NONE = new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** These files, and those of another where there is none here; a key belongs to its certificate. */
    Tls or(Tls other) {
        return new Tls(
                certificate.or(other::certificate),
                certificate.isPresent() ? key : other.key,
                certificate.isPresent() ? keyPassword : other.keyPassword,
                ca.or(other::ca));
    }

    /** Whether no file is named. */
    public boolean isEmpty() {
        return equals(NONE);
    }
}
