package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code publish}, {@code ship} and {@code serve} with each other, by their words alone. */
class NetworkCommandsTest extends NetworkFixture {

    @Test
    void aFollowerOfAFollowerHasTheSame() throws Exception {
        Map<LogId, Long> heads = heads();
        Child leader = start("publish", GENERATED, "--listen", ANY_TCP);
        Path middleData = directory.resolve("middle");
        Child middle = start(
                "serve",
                "--from",
                address(leader, "listening"),
                "--data",
                middleData,
                "--schema",
                schema,
                "--publish",
                ANY_TCP);
        Child last = start("serve", "--from", address(middle, "publishing"), "--data", data, "--schema", schema);

        awaitEnds(data, heads, leader, middle, last);
        awaitEnds(middleData, heads, leader, middle, last);
        last.stop();
        middle.stop();
        leader.stop();

        assertThat(export(data)).isEqualTo(expectedExport()).isEqualTo(export(middleData));
    }

    @Test
    void aFollowerEndsWhenEveryLogHasEnded() throws Exception {
        Child leader = start("publish", GENERATED, "--listen", ANY_TCP, "--end");
        Child follower = start("serve", "--from", address(leader, "listening"), "--data", data, "--schema", schema);

        assertThat(follower.exit()).as(follower::toString).isEqualTo(Exit.OK);

        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void aDataDirectoryAtRestIsPublished() throws Exception {
        Path source = directory.resolve("source");
        fill(GENERATED, source);
        Child leader = start("publish", source, "--listen", ANY_TCP, "--end");
        Child follower = start("serve", "--from", address(leader, "listening"), "--data", data, "--schema", schema);

        assertThat(follower.exit()).as(follower::toString).isEqualTo(Exit.OK);

        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void shippedTwiceItIsThereOnce() throws Exception {
        Map<LogId, Long> heads = heads();
        Child follower = start("serve", "--listen", ANY_HTTP, "--data", data, "--schema", schema);
        String address = address(follower, "listening");

        Run first = Run.of("ship", GENERATED, "--to", address, "--json");
        Run second = Run.of("ship", GENERATED, "--to", address, "--json");

        assertThat(first.exit()).as(first.toString()).isEqualTo(Exit.OK);
        assertThat(first.json().get("segments").asInt())
                .isEqualTo(names(GENERATED).size());
        assertThat(second.exit()).as(second.toString()).isEqualTo(Exit.OK);
        assertThat(second.json().get("segments").asInt()).isZero();
        for (JsonNode durable :
                List.of(first.json().get("durable"), second.json().get("durable"))) {
            heads.forEach((log, head) ->
                    assertThat(durable.get(log.toString()).asLong()).isEqualTo(head));
        }
        follower.stop();
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    @Test
    void shippingGoesOnWhereAKilledFollowerStood() throws Exception {
        Path wal = directory.resolve("wal");
        assertThat(Run.of("generate", "--out", wal, "--events", 100_000, "--segments", 50)
                        .exit())
                .isEqualTo(Exit.OK);
        schema = wal.resolve("schema.yaml");
        Object[] serve = {"serve", "--listen", "http://127.0.0.1:" + freePort(), "--data", data, "--schema", schema};
        Child killed = start(serve);
        String address = address(killed, "listening");
        Child shipping = start("ship", wal, "--to", address);

        await().atMost(Child.SOON).until(() -> progress(data, 30) > 10_000);
        killed.kill();
        Child follower = start(serve);
        address(follower, "listening");
        shipping.exit(); // it may have given up, or have waited for the follower
        Run rest = Run.of("ship", wal, "--to", address, "--json");

        assertThat(rest.exit()).as(rest.toString()).isEqualTo(Exit.OK);
        follower.stop();
        Path expected = directory.resolve("expected.csv");
        assertThat(Run.of("replay", wal, "--schema", schema, "--export", expected, "--at", NOW)
                        .exit())
                .isEqualTo(Exit.OK);
        assertThat(export(data)).isEqualTo(Files.readString(expected));
    }

    @Test
    void onlyListedCertificatesAreSentAnything() throws Exception {
        Map<LogId, Long> heads = heads();
        Path certs = directory.resolve("certs");
        Run made = Run.of("certs", "--out", certs, "--client", "edge-1", "--client", "edge-2", "--json");
        Path identities = Files.writeString(
                directory.resolve("identities"),
                made.json().get("identities").get(0).asString() + "\n");
        Child leader = start(
                "publish",
                GENERATED,
                "--listen",
                ANY_TCP,
                "--identities",
                identities,
                "--tls-cert",
                certs.resolve("server.pem"),
                "--tls-key",
                certs.resolve("server-key.pem"),
                "--tls-ca",
                certs.resolve("ca.pem"));
        String address = address(leader, "listening");

        Child listed = follower(address, data, certs, "edge-1");
        Path nothing = directory.resolve("nothing");
        Child unlisted = follower(address, nothing, certs, "edge-2");
        Path nothingEither = directory.resolve("nothing-either");
        Child nameless = start(
                "serve",
                "--from",
                address,
                "--data",
                nothingEither,
                "--schema",
                schema,
                "--tls-ca",
                certs.resolve("ca.pem"));

        awaitEnds(data, heads, leader, listed);
        assertThat(leader.says("connected").get("identity").asString()).isEqualTo("edge-1");
        assertThat(unlisted.says("state", "REFUSED").get("text").asString())
                .contains("expected a certificate or a token that the publisher knows");
        await().atMost(Child.SOON)
                .untilAsserted(
                        () -> assertThat(nameless.out()).as(nameless::toString).contains("Received fatal alert"));
        await().atMost(Child.SOON)
                .untilAsserted(() -> assertThat(leader.err())
                        .as(leader::toString)
                        .contains(
                                "its certificate (CN=edge-2",
                                "to let it in",
                                "(TLS)",
                                "Empty client certificate chain"));
        unlisted.stop();
        nameless.stop();
        listed.stop();
        leader.stop();
        assertThat(ends(nothing)).isEmpty();
        assertThat(ends(nothingEither)).isEmpty();
        assertThat(export(data)).isEqualTo(expectedExport());
    }

    private Child follower(String address, Path data, Path certs, String client) throws IOException {
        return start(
                "serve",
                "--from",
                address,
                "--data",
                data,
                "--schema",
                schema,
                "--tls-cert",
                certs.resolve(client + ".pem"),
                "--tls-key",
                certs.resolve(client + "-key.pem"),
                "--tls-ca",
                certs.resolve("ca.pem"));
    }

    private Map<LogId, Long> heads() {
        Path model = directory.resolve("model");
        fill(GENERATED, model);
        return ends(model);
    }
}
