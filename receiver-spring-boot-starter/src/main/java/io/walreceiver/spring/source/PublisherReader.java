package io.walreceiver.spring.source;

import io.walreceiver.spring.config.Mistake;
import io.walreceiver.spring.config.Mistakes;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.transport.netty.security.InsecureException;
import io.walreceiver.transport.netty.security.ListenPolicy;
import io.walreceiver.transport.netty.security.SecurityFileException;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;

/** Makes sources of publishers. Loaded only if Netty is there. */
final class PublisherReader {

    private final SourceTools tools;
    private final Mistakes mistakes;

    PublisherReader(SourceTools tools, Mistakes mistakes) {
        this.tools = tools;
        this.mistakes = mistakes;
    }

    Optional<Source> read(String path, ReceiverProperties.Source source, URI address) {
        Optional<BundleSecurity> security = security(path, source, address);
        TcpTransport.Builder builder = TcpTransport.builder()
                .host(address.getHost())
                .port(address.getPort())
                .node(tools.node())
                .maxSegmentBytes(tools.maxSegmentBytes());
        tools.timer().ifPresent(builder::timer);
        return security.map(known -> new TcpSource(builder.security(known).build(), known));
    }

    private Optional<BundleSecurity> security(String path, ReceiverProperties.Source source, URI address) {
        BundleSecurity security;
        try {
            security = BundleSecurity.open(source, tools.bundles());
        } catch (NoSuchSslBundleException e) {
            return wrong(
                    path + ".ssl.bundle",
                    source.ssl().bundle(),
                    "the name of an SSL bundle",
                    "Define the bundle below spring.ssl.bundle, or correct its name.");
        } catch (SecurityFileException e) {
            return wrong(
                    path + ".token", null, "the name of a file with a token: " + e.getMessage(), "Correct the file.");
        } catch (RuntimeException e) { // of the bundle's own: a store that cannot be read, say
            throw new IllegalStateException(
                    path + ".ssl.bundle: the SSL bundle " + source.ssl().bundle() + " cannot be used", e);
        }
        try {
            InetSocketAddress remote = InetSocketAddress.createUnresolved(address.getHost(), address.getPort());
            ListenPolicy.checkToken(remote, security, source.insecure());
            return Optional.of(security);
        } catch (InsecureException e) {
            security.close();
            return wrong(
                    path + ".ssl.bundle",
                    source.ssl().bundle(),
                    "TLS, as the token would be sent in the clear",
                    "Name an SSL bundle in " + path + ".ssl.bundle, or, if others may read the token, say " + path
                            + ".insecure=true.");
        }
    }

    private Optional<BundleSecurity> wrong(String property, @Nullable String found, String expected, String action) {
        mistakes.add(new Mistake(property, found, expected, action));
        return Optional.empty();
    }
}
