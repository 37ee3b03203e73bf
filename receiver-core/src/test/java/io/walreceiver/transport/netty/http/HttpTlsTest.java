package io.walreceiver.transport.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.Logged;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** That certificates and tokens get from one end to the other. What is made of them is the security's own affair. */
class HttpTlsTest {

    private static final Duration SOON = Duration.ofMinutes(2);

    private record Party(KeyPair keys, X509Certificate certificate) {

        static Party of(String name) throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair keys = generator.generateKeyPair();
            X500Name subject = new X500Name("CN=" + name);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.ONE,
                    Date.from(Instant.now().minusSeconds(3600)),
                    Date.from(Instant.now().plusSeconds(3600)),
                    subject,
                    keys.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
            return new Party(
                    keys,
                    new JcaX509CertificateConverter()
                            .getCertificate(builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))));
        }
    }

    private static SslContext serverTls(Party server, Party client) throws Exception {
        return SslContextBuilder.forServer(server.keys.getPrivate(), server.certificate)
                .trustManager(client.certificate)
                .clientAuth(ClientAuth.OPTIONAL)
                .protocols("TLSv1.3")
                .build();
    }

    private static ClientSecurity client(Party trusted, @Nullable Party self, byte @Nullable [] token)
            throws Exception {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .trustManager(trusted.certificate)
                .endpointIdentificationAlgorithm("HTTPS")
                .protocols("TLSv1.3");
        SslContext tls = self == null
                ? builder.build()
                : builder.keyManager(self.keys.getPrivate(), self.certificate).build();
        return new ClientSecurity() {
            @Override
            public SslContext tls() {
                return tls;
            }

            @Override
            public byte @Nullable [] token() {
                return token;
            }
        };
    }

    @Test
    void whatAPlainPeerSentIsNotQuoted() throws Exception {
        String secret = "plain-4f9d2c61b7e84a30a5c8";
        SslContext tls = serverTls(Party.of("server"), Party.of("leader"));
        HttpPushTransport transport = HttpPushTransport.builder()
                .security(new ServerSecurity() {
                    @Override
                    public SslContext tls() {
                        return tls;
                    }

                    @Override
                    public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
                        return Optional.empty();
                    }
                })
                .build();
        HttpListener server = HttpListener.start(transport, "127.0.0.1", 0).block(SOON);
        try (Logged everything = Logged.everything();
                RawHttp plain = new RawHttp(server.address())) {
            plain.send("Authorization: Bearer " + secret + "\r\n");
            assertThat(plain.ends()).isTrue();
            await().untilAsserted(() -> assertThat(everything.text()).contains("the peer does not speak TLS"));
            server.stop(Duration.ZERO).block(SOON);
            assertThat(everything.text())
                    .doesNotContain(secret)
                    .doesNotContainIgnoringCase(
                            ByteBufUtil.hexDump(secret.substring(0, 8).getBytes(StandardCharsets.US_ASCII)));
        } finally {
            server.stop(Duration.ZERO).block(SOON);
        }
    }

    @Test
    void certificatesAndTokensAreShown() throws Exception {
        Party server = Party.of("server");
        Party leader = Party.of("leader");
        byte[] secret = "a secret of many bits".getBytes(StandardCharsets.UTF_8);
        SslContext tls = serverTls(server, leader);
        ServerSecurity security = new ServerSecurity() {
            @Override
            public SslContext tls() {
                return tls;
            }

            @Override
            public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
                return leader.certificate.equals(certificate) || Arrays.equals(secret, token)
                        ? Optional.of(Identity.ANYONE)
                        : Optional.empty();
            }
        };
        HttpPushTransport transport =
                HttpPushTransport.builder().security(security).build();
        try (PushedTo follower = new PushedTo(transport)) {
            follower.positions.put(PushedTo.LOG, 7L);
            follower.subscribe(10);
            URI uri =
                    URI.create("https://localhost:" + follower.server.address().getPort());
            for (ClientSecurity known :
                    new ClientSecurity[] {client(server, leader, null), client(server, null, secret)}) {
                try (HttpShipper shipper =
                        HttpShipper.to(uri).security(known).respondAsync(true).build()) {
                    assertThat(shipper.positions().block(SOON)).isEqualTo(Map.of(PushedTo.LOG, 7L));
                    shipper.send(PushedTo.segment(8, 10_000)).block(SOON);
                }
            }
            assertThat(follower.received).hasSize(2);
            try (HttpShipper shipper = HttpShipper.to(uri)
                    .security(client(server, null, "a guess".getBytes(StandardCharsets.UTF_8)))
                    .build()) {
                assertThatThrownBy(() -> shipper.positions().block(SOON))
                        .isInstanceOfSatisfying(
                                SegmentRejectedException.class,
                                rejected -> assertThat(rejected.status()).isEqualTo(401));
            }
            try (HttpShipper shipper = HttpShipper.to(uri)
                    .security(client(leader, leader, null)) // trusts another
                    .build()) {
                Disposable send = shipper.send(PushedTo.segment(8, 10)).subscribe(done -> {}, failure -> {});
                assertThatThrownBy(() -> follower.push(PushedTo.segment(8, 10)))
                        .as("a plain connection gets nowhere")
                        .isInstanceOf(UncheckedIOException.class);
                send.dispose();
            }
            assertThat(follower.received).hasSize(2);
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("wal-http")));
    }
}
