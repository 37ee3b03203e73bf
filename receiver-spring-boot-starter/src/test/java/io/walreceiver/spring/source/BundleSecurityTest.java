package io.walreceiver.spring.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.spring.Generated;
import io.walreceiver.spring.ReceiverAutoConfiguration;
import io.walreceiver.transport.directory.DirectoryPublication;
import io.walreceiver.transport.netty.security.DevelopmentCertificates;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.TlsFiles;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class BundleSecurityTest {

    private static final String TOKEN = "Zm9sbG93ZXItMS1zZWNyZXQtdG9rZW4";

    @TempDir
    Path folder;

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class, SslAutoConfiguration.class))
            .withPropertyValues(Generated.SCHEMA);

    @Test
    void aPublisherWithTlsIsFollowedWithTheCertificateOfABundle() throws Exception {
        Path known = certificates("known", "follower");
        try (Publishing publisher = publish(known, "follower  san=follower  read=*")) {
            application
                    .withPropertyValues(publisher.address(), "wal-receiver.sources[0].ssl.bundle=leader")
                    .withPropertyValues(bundle(known, "follower"))
                    .run(context -> Generated.awaitAll(context.getBean(SegmentReceiver.class)));
        }
    }

    @Test
    void aPublisherOfAnotherCaIsNotTrusted() throws Exception {
        Path known = certificates("known", "follower");
        Path other = certificates("other", "follower");
        try (Publishing publisher = publish(known, "follower  san=follower  read=*")) {
            application
                    .withPropertyValues(publisher.address(), "wal-receiver.sources[0].ssl.bundle=leader")
                    .withPropertyValues(bundle(other, "follower"))
                    .run(context -> {
                        ConfiguredSources sources = context.getBean(ConfiguredSources.class);
                        await().atMost(Generated.LONG)
                                .until(() -> sources.states().get(0).drops().containsKey("tls"));
                        assertThat(sources.states().get(0).connected()).isFalse();
                    });
        }
    }

    @Test
    void aBundleThatIsRenewedIsUsedForTheConnectionsAfterIt() throws Exception {
        Path known = certificates("known", "follower");
        Path other = certificates("other", "follower");
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("leader", pem(other));
        try (Publishing publisher = publish(known, "follower  san=follower  read=*")) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(ReceiverAutoConfiguration.class))
                    .withBean(DefaultSslBundleRegistry.class, () -> bundles)
                    .withPropertyValues(Generated.SCHEMA)
                    .withPropertyValues(publisher.address(), "wal-receiver.sources[0].ssl.bundle=leader")
                    .run(context -> {
                        ConfiguredSources sources = context.getBean(ConfiguredSources.class);
                        await().atMost(Generated.LONG)
                                .until(() -> sources.states().get(0).drops().containsKey("tls"));
                        bundles.updateBundle("leader", pem(known));
                        Generated.awaitAll(context.getBean(SegmentReceiver.class));
                    });
        }
    }

    @Test
    void aTokenIsShownToThePublisherAndToNobodyElse(CapturedOutput output) throws Exception {
        Path known = certificates("known", "follower");
        Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        try (Publishing publisher = publish(known, "follower  token-file=" + token + "  read=*")) {
            application
                    .withPropertyValues(
                            publisher.address(),
                            "wal-receiver.sources[0].ssl.bundle=leader",
                            "wal-receiver.sources[0].token=" + token,
                            "spring.ssl.bundle.pem.leader.truststore.certificate=" + known.resolve("ca.pem"))
                    .run(context -> {
                        Generated.awaitAll(context.getBean(SegmentReceiver.class));
                        assertThat(context.getBean(ConfiguredSources.class)
                                        .states()
                                        .toString())
                                .doesNotContain(TOKEN);
                    });
        }
        assertThat(output).doesNotContain(TOKEN);
    }

    private Path certificates(String name, String client) throws Exception {
        Path directory = folder.resolve(name);
        DevelopmentCertificates.builder(directory)
                .server("localhost", "127.0.0.1")
                .client(client)
                .build()
                .write();
        return directory;
    }

    private static String[] bundle(Path certificates, String client) {
        String bundle = "spring.ssl.bundle.pem.leader.";
        return new String[] {
            bundle + "keystore.certificate=" + certificates.resolve(client + ".pem"),
            bundle + "keystore.private-key=" + certificates.resolve(client + "-key.pem"),
            bundle + "truststore.certificate=" + certificates.resolve("ca.pem")
        };
    }

    private static SslBundle pem(Path certificates) {
        PemSslStore key = PemSslStore.load(PemSslStoreDetails.forCertificate(
                        certificates.resolve("follower.pem").toString())
                .withPrivateKey(certificates.resolve("follower-key.pem").toString()));
        PemSslStore trust = PemSslStore.load(
                PemSslStoreDetails.forCertificate(certificates.resolve("ca.pem").toString()));
        return SslBundle.of(new PemSslStoreBundle(key, trust));
    }

    private Publishing publish(Path certificates, String... identities) throws Exception {
        Path list = Files.write(folder.resolve("identities"), List.of(identities));
        SecuredServer security = SecuredServer.builder()
                .identities(list)
                .tls(TlsFiles.builder()
                        .certificate(certificates.resolve("server.pem"))
                        .key(certificates.resolve("server-key.pem"))
                        .trusted(certificates.resolve("ca.pem"))
                        .build())
                .open();
        TcpPublisher.Running running = TcpPublisher.builder(
                        DirectoryPublication.builder(Generated.WAL).build())
                .port(0)
                .security(security)
                .build()
                .start()
                .block(Generated.LONG);
        return new Publishing(Objects.requireNonNull(running), security);
    }

    private record Publishing(TcpPublisher.Running running, SecuredServer security) implements AutoCloseable {

        String address() {
            return "wal-receiver.sources[0].address=tcp://127.0.0.1:"
                    + running.address().getPort();
        }

        @Override
        public void close() {
            running.stop(false).block(Generated.LONG);
            security.close();
        }
    }
}
