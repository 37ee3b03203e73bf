package io.walreceiver.transport.netty.security;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files that TLS is made of. A file is best replaced by a rename, so that nobody sees half of it; a file may be a link.
 * Files of more than 1 MiB are refused.
 */
public final class TlsFiles {

    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final @Nullable Path keyPassword;
    private final @Nullable Path trusted;

    private TlsFiles(Builder builder) {
        this.certificate = builder.certificate;
        this.key = builder.key;
        this.keyPassword = builder.keyPassword;
        this.trusted = builder.trusted;
    }

    /** Names the files. */
    public static Builder builder() {
        return new Builder();
    }

    Optional<Path> certificate() {
        return Optional.ofNullable(certificate);
    }

    Optional<Path> key() {
        return Optional.ofNullable(key);
    }

    Optional<Path> keyPassword() {
        return Optional.ofNullable(keyPassword);
    }

    Optional<Path> trusted() {
        return Optional.ofNullable(trusted);
    }

    @Override
    public String toString() {
        return "TlsFiles{certificate=" + certificate + ", key=" + key + ", keyPassword=" + keyPassword + ", trusted="
                + trusted + "}";
    }

    /** Names the files. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable Path certificate;
        private @Nullable Path key;
        private @Nullable Path keyPassword;
        private @Nullable Path trusted;

        private Builder() {}

        /** One's own certificate, then those between it and the CA, if any. Default: none, which only a client can do with. */
        public Builder certificate(Path file) {
            certificate = file;
            return this;
        }

        /** The private key: PKCS#8, PKCS#1 or SEC1, encrypted or not; RSA, EC or EdDSA. Default: in the file of the certificate. */
        public Builder key(Path file) {
            key = file;
            return this;
        }

        /** What decrypts the key: the first line of a file. Default: none; the key is not encrypted. */
        public Builder keyPassword(Path file) {
            keyPassword = file;
            return this;
        }

        /**
         * The CAs, one or more, that the other end's certificate must come from. Default: a client trusts those that Java does, a
         * server asks for no certificates.
         */
        public Builder trusted(Path file) {
            trusted = file;
            return this;
        }

        /**
         * The files, none of which is opened yet.
         *
         * @throws IllegalArgumentException if a key or password is named without what it belongs to
         */
        public TlsFiles build() {
            if (certificate == null && (key != null || keyPassword != null)) {
                throw new IllegalArgumentException("a key is named, but no certificate: name the certificate too");
            }
            return new TlsFiles(this);
        }
    }
}
