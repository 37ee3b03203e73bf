package io.walreceiver.transport.netty.security;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.SslProvider;

/**
 * TLS for the servers and clients of reactor-netty: each new connection gets the context that is current then.
 *
 * <pre>{@code
 * if (security.tls() != null) {
 *     server = server.secure(TlsSetup.server(security, Duration.ofSeconds(10))).doOnChannelInit(TlsSetup.refusals());
 * }
 * }</pre>
 */
public final class TlsSetup {

    private TlsSetup() {}

    /**
     * For {@code TcpServer.secure} and {@code HttpServer.secure}.
     *
     * @param security has TLS
     * @param handshake how long a handshake may take
     */
    public static SslProvider server(ServerSecurity security, Duration handshake) {
        Objects.requireNonNull(security.tls(), "this server has no TLS");
        return provider(new CurrentTls(security::tls), handshake);
    }

    /**
     * For {@code TcpClient.secure} and {@code HttpClient.secure}.
     *
     * @param security has TLS
     * @param handshake how long a handshake may take
     */
    public static SslProvider client(ClientSecurity security, Duration handshake) {
        Objects.requireNonNull(security.tls(), "this client has no TLS");
        return provider(new CurrentTls(security::tls), handshake);
    }

    /**
     * For {@code doOnChannelInit} of a server with TLS: tells in the log why a handshake failed, at most once a second, and closes the
     * connection. Without it the library would tell each time, with a stack trace, and quote what a peer sent that does not speak
     * TLS, which may be a token. One for all connections of a server.
     */
    public static ChannelPipelineConfigurer refusals() {
        HandshakeRefusals refusals = new HandshakeRefusals();
        return (observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.SslReader, HandshakeRefusals.NAME, refusals);
    }

    /**
     * Why TLS with a peer failed, in words that a log or a status may show: printable, and without what a peer sent that does not speak
     * TLS, which may be a token. The library's own messages quote that.
     */
    public static String reason(Throwable failure) {
        return HandshakeRefusals.reason(failure);
    }

    /** The certificate that the peer has shown; null if it has shown none, or this is not TLS. After the handshake. */
    public static @Nullable X509Certificate peerCertificate(Channel channel) {
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            return null;
        }
        try {
            Certificate[] chain = handler.engine().getSession().getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate certificate ? certificate : null;
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    private static SslProvider provider(CurrentTls tls, Duration handshake) {
        return SslProvider.builder().sslContext(tls).handshakeTimeout(handshake).build();
    }
}
