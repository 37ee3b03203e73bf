package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.transport.netty.security.PemTls.ServerContexts;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/**
 * A server that knows its peers by certificates, tokens, or both, as files say: TLS 1.3 from PEM files, and a list of identities. The
 * files are looked at now and then and take effect for the connections that come after; files that cannot be used change nothing.
 *
 * <p>Where CAs are named, every client must show a certificate that comes from one of them, unless an identity has a token: then a
 * client may show that instead. What it shows must be known, all of it, and be the same identity's: a certificate that is not listed
 * is not made good by a token, nor the other way round.
 */
public final class SecuredServer implements ServerSecurity, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SecuredServer.class);

    private final Path identitiesFile;
    private final FileWatch watch;
    private final LimitedLog refusals;
    private final @Nullable ReloadingTls<ServerContexts> tls;
    private final Reloading<Identities> identities;

    private SecuredServer(Builder builder, Path identitiesFile, FileWatch watch) throws SecurityFileException {
        Scheduler timer = watch.timer();
        TlsFiles files = builder.tls;
        this.identitiesFile = identitiesFile;
        this.watch = watch;
        this.refusals = new LimitedLog(LOG, timer);
        this.tls = files == null ? null : ReloadingTls.load(files, PemTls::server, timer);
        boolean asksForCertificates = files != null && files.trusted().isPresent();
        this.identities = Reloading.load(snapshot -> identities(snapshot, identitiesFile, asksForCertificates), timer);
    }

    /** Names the files. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public @Nullable SslContext tls() {
        if (tls == null) {
            return null;
        }
        ServerContexts contexts = tls.context();
        return identities.current().byToken().isEmpty() ? contexts.required() : contexts.optional();
    }

    /** {@inheritDoc} Why somebody is not known is told in the log, at most once a second. */
    @Override
    public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
        Identities known = identities.current();
        if (certificate == null) {
            return token == null ? Optional.empty() : byToken(known, token);
        }
        Optional<Identity> byCertificate = byCertificate(known, certificate);
        if (token == null || byCertificate.isEmpty()) {
            return byCertificate;
        }
        Optional<Identity> byToken = byToken(known, token);
        if (byToken.isPresent() && !byToken.equals(byCertificate)) {
            return refused("its certificate is that of " + byCertificate.get().name() + ", its token that of "
                    + byToken.get().name() + "; let it show what belongs together");
        }
        return byToken;
    }

    /** How things stand now. */
    public SecurityStatus status() {
        Optional<String> tlsProblem = tls == null ? Optional.empty() : tls.problem();
        List<String> problems = Stream.concat(tlsProblem.stream(), identities.problem().stream())
                .toList();
        return new SecurityStatus(tls == null ? Optional.empty() : tls.certificate(), problems);
    }

    /** Ends looking at the files. What was read stays in use; connections are not touched. */
    @Override
    public void close() {
        watch.close();
    }

    private Optional<Identity> byCertificate(Identities known, X509Certificate certificate) {
        try {
            // A session that is resumed has been verified when it began.
            certificate.checkValidity(new Date(watch.timer().now(TimeUnit.MILLISECONDS)));
        } catch (CertificateException e) {
            return refused("its certificate " + describe(certificate) + " is not valid now: "
                    + PrintableText.of(String.valueOf(e.getMessage())));
        }
        Optional<Identity> identity = known.of(certificate);
        return identity.isPresent()
                ? identity
                : refused("its certificate " + describe(certificate) + " is that of nobody, or of several, in "
                        + identitiesFile + "; to let it in, add one of its names there as san=");
    }

    private Optional<Identity> byToken(Identities known, byte[] token) {
        Optional<Identity> identity = known.of(token);
        return identity.isPresent()
                ? identity
                : refused("its token is that of nobody in " + identitiesFile + "; to let it in, add it there");
    }

    private Optional<Identity> refused(String why) {
        refusals.warn("a peer is refused: " + why);
        return Optional.empty();
    }

    private static String describe(X509Certificate certificate) {
        return "(" + PrintableText.of(certificate.getSubjectX500Principal().getName()) + ", names "
                + PrintableText.of(SubjectNames.all(certificate).toString()) + ")";
    }

    private void look() {
        if (tls != null) {
            tls.look();
        }
        identities.look();
    }

    private static Loaded<Identities> identities(FileSnapshot snapshot, Path file, boolean asksForCertificates)
            throws SecurityFileException {
        Loaded<Identities> loaded = IdentitiesFile.read(snapshot, file);
        if (!asksForCertificates && !loaded.value().bySubjectName().isEmpty()) {
            throw new SecurityFileException(
                    file,
                    "has identities that are known by certificates (san=), but this server asks for none",
                    "name the CAs that it trusts, or use tokens");
        }
        return loaded;
    }

    /** Names the files. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable TlsFiles tls;
        private @Nullable Path identities;
        private final Looking looking = new Looking();

        private Builder() {}

        /** The files of TLS, with a certificate. Default: none; connections are plain, which is for loopback. */
        public Builder tls(TlsFiles files) {
            tls = files;
            return this;
        }

        /** The list of identities; required. */
        public Builder identities(Path file) {
            identities = file;
            return this;
        }

        /** How often the files are looked at. Default: 10 s; range 10 ms to 1 day. */
        public Builder lookEvery(Duration interval) {
            looking.every(interval);
            return this;
        }

        /** What says when to look, and what time it is. Default: a thread of its own. */
        public Builder timer(Scheduler scheduler) {
            looking.timer(scheduler);
            return this;
        }

        /** Where files are read; may be blocked. Default: a thread of its own. */
        public Builder disk(Scheduler scheduler) {
            looking.disk(scheduler);
            return this;
        }

        /**
         * Reads the files, which blocks, and starts to look for changes.
         *
         * @return to be closed by the caller
         * @throws SecurityFileException if a file cannot be used
         * @throws IllegalStateException if one is missing here
         */
        public SecuredServer open() throws SecurityFileException {
            if (identities == null) {
                throw new IllegalStateException("identities(Path) is missing: nobody could connect");
            }
            if (tls != null && tls.certificate().isEmpty()) {
                throw new IllegalStateException("a server needs a certificate: name it in TlsFiles");
            }
            Path file = identities;
            return looking.open(watch -> new SecuredServer(this, file, watch), SecuredServer::look);
        }
    }
}
