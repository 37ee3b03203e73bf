package io.walreceiver.spring.source;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.SecuredClient;
import io.walreceiver.transport.netty.security.SecurityFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * TLS of an SSL bundle, and a token from a file. When the bundle or the file changes, so does what connections use that are made after
 * that; a bundle that cannot be used changes nothing.
 */
final class BundleSecurity implements ClientSecurity, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BundleSecurity.class);
    private static final String NEWEST = "TLSv1.3";

    private final @Nullable SecuredClient token;
    private volatile @Nullable SslContext tls;

    private BundleSecurity(@Nullable SslContext tls, @Nullable SecuredClient token) {
        this.tls = tls;
        this.token = token;
    }

    /**
     * Reads what a source names. Blocks.
     *
     * @return to be closed by the caller
     * @throws NoSuchSslBundleException if there is no bundle of that name
     * @throws SecurityFileException if the token cannot be read
     */
    static BundleSecurity open(ReceiverProperties.Source source, Optional<SslBundles> bundles)
            throws SecurityFileException {
        String name = source.ssl().bundle();
        SslBundles known = bundles.orElse(null);
        SslContext tls = name == null ? null : context(bundle(name, known));
        String file = source.token();
        SecuredClient token = file == null
                ? null
                : SecuredClient.builder().token(Path.of(file)).open();
        BundleSecurity security = new BundleSecurity(tls, token);
        if (name != null && known != null) {
            known.addBundleUpdateHandler(name, updated -> security.update(name, updated));
        }
        return security;
    }

    private static SslBundle bundle(String name, @Nullable SslBundles known) {
        if (known == null) {
            throw new NoSuchSslBundleException(name, "there are no SSL bundles");
        }
        return known.getBundle(name);
    }

    private static SslContext context(SslBundle bundle) {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory())
                .endpointIdentificationAlgorithm("HTTPS");
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        builder.protocols(protocols == null ? new String[] {NEWEST} : protocols);
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            builder.ciphers(List.of(ciphers));
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS can be made of the SSL bundle", e);
        }
    }

    private void update(String name, SslBundle updated) {
        try {
            tls = context(updated);
            LOG.info("the SSL bundle {} has changed: connections that are made from now on use it", name);
        } catch (RuntimeException e) {
            LOG.warn("the SSL bundle {} has changed and cannot be used; what was there before stays in use", name, e);
        }
    }

    @Override
    public @Nullable SslContext tls() {
        return tls;
    }

    @Override
    public byte @Nullable [] token() {
        return token == null ? null : token.token();
    }

    /** Ends looking at the file of the token. */
    @Override
    public void close() {
        if (token != null) {
            token.close();
        }
    }
}
