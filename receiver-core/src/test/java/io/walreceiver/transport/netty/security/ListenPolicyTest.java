package io.walreceiver.transport.netty.security;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenPolicyTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost"})
    void onLoopbackAnythingGoes(String host) {
        assertThatCode(() -> ListenPolicy.check(new InetSocketAddress(host, 7000), ServerSecurity.NONE, false))
                .doesNotThrowAnyException();
        assertThatCode(() ->
                        ListenPolicy.check(InetSocketAddress.createUnresolved(host, 7000), ServerSecurity.NONE, false))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "name.invalid"})
    void outsideItTakesTlsAndAuthentication(String host) throws SSLException {
        InetSocketAddress address = InetSocketAddress.createUnresolved(host, 7000);
        SslContext tls = SslContextBuilder.forClient().build();

        assertThatThrownBy(() -> ListenPolicy.check(address, ServerSecurity.NONE, false))
                .isInstanceOf(InsecureException.class)
                .hasMessageContaining(host + ":7000 without TLS and authentication")
                .hasMessageContaining("insecure: true");
        assertThatThrownBy(() -> ListenPolicy.check(address, security(tls, true), false))
                .hasMessageContaining("without authentication,");
        assertThatThrownBy(() -> ListenPolicy.check(address, security(null, false), false))
                .hasMessageContaining("without TLS,");
        assertThatCode(() -> ListenPolicy.check(address, security(tls, false), false))
                .doesNotThrowAnyException();
        assertThatCode(() -> ListenPolicy.check(address, ServerSecurity.NONE, true))
                .doesNotThrowAnyException();
    }

    @Test
    void theWildcardOfAResolvedAddressIsOutside() {
        assertThatThrownBy(() -> ListenPolicy.check(new InetSocketAddress(7000), ServerSecurity.NONE, false))
                .isInstanceOf(InsecureException.class);
    }

    @Test
    void aTokenIsNotSentWhereOthersListen() throws SSLException {
        InetSocketAddress outside = InetSocketAddress.createUnresolved("192.0.2.1", 7000);
        ClientSecurity plain = client(null, new byte[] {1});
        ClientSecurity safe = client(SslContextBuilder.forClient().build(), new byte[] {1});

        assertThatThrownBy(() -> ListenPolicy.checkToken(outside, plain, false))
                .isInstanceOf(InsecureException.class)
                .hasMessageContaining("the token is not sent to 192.0.2.1:7000 without TLS");
        assertThatCode(() -> ListenPolicy.checkToken(outside, plain, true)).doesNotThrowAnyException();
        assertThatCode(() -> ListenPolicy.checkToken(outside, safe, false)).doesNotThrowAnyException();
        assertThatCode(() -> ListenPolicy.checkToken(outside, ClientSecurity.NONE, false))
                .doesNotThrowAnyException();
        assertThatCode(() -> ListenPolicy.checkToken(new InetSocketAddress("127.0.0.1", 1), plain, false))
                .doesNotThrowAnyException();
    }

    private static ServerSecurity security(@Nullable SslContext tls, boolean anyone) {
        return new ServerSecurity() {
            @Override
            public @Nullable SslContext tls() {
                return tls;
            }

            @Override
            public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
                return anyone ? Optional.of(Identity.ANYONE) : Optional.empty();
            }
        };
    }

    private static ClientSecurity client(@Nullable SslContext tls, byte[] token) {
        return new ClientSecurity() {
            @Override
            public @Nullable SslContext tls() {
                return tls;
            }

            @Override
            public byte[] token() {
                return token;
            }
        };
    }
}
