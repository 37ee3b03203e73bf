package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.examples.trending.Trend.Hot;
import io.walreceiver.format.WalSegmentPayload;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application over HTTP, with a leader over TCP. All share two of it: the first of several in one process that closes takes the event
 * loops of the others along, as Reactor Netty has one set of them.
 */
class TrendingApplicationTest {

    @TempDir
    static Path shared = Path.of("");

    private static Application alone;
    private static Leader leader;
    private static Application following;

    @BeforeAll
    static void start() throws IOException {
        alone = Application.start(
                Application.NOBODY,
                shared.resolve("alone"),
                "--wal-receiver.reads.max-wait=10ms",
                "--trending.max-streams=2");
        leader = Leader.start(Files.createDirectory(shared.resolve("leader")));
        following = Application.start(leader.address(), shared.resolve("data"), "--wal-receiver.reads.max-wait=60s");
        alone.client.awaitApplied(0); // before that no read is answered
        following.client.awaitApplied(0);
    }

    @AfterAll
    static void stop() {
        alone.close();
        following.close();
        leader.close();
    }

    @Test
    void withoutALeaderItClaimsNothing() {
        Trend trend = alone.client.trend();

        assertThat(trend.now()).isNull();
        assertThat(trend.signals())
                .hasSize(2)
                .allMatch(ranking -> ranking.hottest().isEmpty());
        assertThat(trend.replica().behindEvents()).isNull();
        assertThat(trend.replica().heardMillisAgo()).isNull();
    }

    @Test
    void whatIsHotAgreesWithTheModelAtEachStep() throws IOException {
        for (int step = 0; step < 3; step++) {
            leader.write(2);
            following.client.awaitApplied(leader.events());

            new Model(leader.written()).assertAgrees(following.client.trend());
        }
        assertThat(following.client.trend().replica().standing()).isEmpty();
    }

    @Test
    void oneEntityIsReadByItself() throws IOException {
        leader.write(1);
        following.client.awaitApplied(leader.events());
        Hot first = following.client.trend().signals().get(0).hottest().get(0);

        assertThat(following.client.get("/api/touch/" + first.entityId()).body())
                .contains(
                        "\"name\":\"" + first.name() + "\"",
                        "\"ever\":" + first.counts().ever());
        assertThat(following.client.get("/api/touch/0").body()).contains("\"score\":0.0", "\"ever\":0");
        assertThat(following.client.get("/api/touch/minus").statusCode()).isEqualTo(400);
        assertThat(following.client.get("/api/like/1").statusCode()).isEqualTo(404);
    }

    @Test
    void whoWroteReadsWhatHeWrote() throws IOException {
        leader.write(1);
        WalSegmentPayload mine = leader.written().get(leader.written().size() - 1);
        String position = mine.log() + "=" + mine.claimedLastSeq();
        HttpResponse<String> read = following.client.get("/api/trending", "Positions", position);

        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.headers().firstValue("Positions"))
                .hasValueSatisfying(seen -> assertThat(seen).contains(position));
        new Model(leader.written()).assertAgrees(Client.read(read.body()));
    }

    @Test
    void whoWaitsForWhatDoesNotComeIsToldToComeAgain() {
        HttpResponse<String> read = alone.client.get("/api/trending", "Positions", "1:0=1");

        assertThat(read.statusCode()).isEqualTo(503);
        assertThat(read.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aPageMayLoadNothingFromElsewhere() {
        HttpResponse<String> page = alone.client.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).startsWith("default-src 'none'").doesNotContain("unsafe", "http", "*"));
        assertThat(page.body()).doesNotContain("http:", "https:", "style=", "onclick");
    }

    @Test
    void streamsAreNoMoreThanThereAreSeats() {
        Stream<String> first = alone.client.live().body();
        try (Stream<String> second = alone.client.live().body()) {
            HttpResponse<String> third = alone.client.get("/live");
            assertThat(third.statusCode()).isEqualTo(503);
            assertThat(third.headers().firstValue("Retry-After")).hasValue("5");
            assertThat(second.findFirst()).isPresent();

            first.close();
            await().atMost(Client.LONG)
                    .until(() -> alone.client.live(), answer -> answer.statusCode() == 200)
                    .body()
                    .close();
        }
    }
}
