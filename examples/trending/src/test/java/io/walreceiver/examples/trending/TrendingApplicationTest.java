package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.examples.trending.Trend.Hot;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application over HTTP, with a leader over TCP. */
class TrendingApplicationTest {

    private static final String NOBODY = "tcp://127.0.0.1:9"; // the port of "discard", which nobody has open

    @TempDir
    Path archive;

    @TempDir
    Path data;

    @Test
    void withoutALeaderItStartsAndClaimsNothing() {
        try (Application application = Application.start(NOBODY, data)) {
            application.client.awaitApplied(0);
            Trend trend = application.client.trend();

            assertThat(trend.now()).isNull();
            assertThat(trend.signals())
                    .hasSize(2)
                    .allMatch(ranking -> ranking.hottest().isEmpty());
            assertThat(trend.replica().behindEvents()).isNull();
            assertThat(trend.replica().heardMillisAgo()).isNull();
        }
    }

    @Test
    void whatIsHotAgreesWithTheModelAtEachStep() throws IOException {
        try (Leader leader = Leader.start(archive);
                Application application = Application.start(leader.address(), data)) {
            for (int segments : new int[] {1, 5, 100}) {
                leader.write(segments);
                application.client.awaitApplied(leader.events());

                new Model(leader.written()).assertAgrees(application.client.trend());
            }
            assertThat(application.client.trend().replica().standing()).isEmpty();
        }
    }

    @Test
    void oneEntityIsReadByItself() throws IOException {
        try (Leader leader = Leader.start(archive);
                Application application = Application.start(leader.address(), data)) {
            leader.write(4);
            application.client.awaitApplied(leader.events());
            Hot first = application.client.trend().signals().get(0).hottest().get(0);

            assertThat(application.client.get("/api/touch/" + first.entityId()).body())
                    .contains(
                            "\"name\":\"" + first.name() + "\"",
                            "\"ever\":" + first.counts().ever());
            assertThat(application.client.get("/api/touch/0").body()).contains("\"score\":0.0", "\"ever\":0");
            assertThat(application.client.get("/api/touch/minus").statusCode()).isEqualTo(400);
            assertThat(application.client.get("/api/like/1").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void whoWroteReadsWhatHeWrote() throws IOException {
        try (Leader leader = Leader.start(archive);
                Application application =
                        Application.start(leader.address(), data, "--wal-receiver.reads.max-wait=60s")) {
            leader.write(4);
            HttpResponse<String> read = application.client.get("/api/trending", "Positions", "1:0=5000, 1:3=5000");

            assertThat(read.statusCode()).isEqualTo(200);
            assertThat(read.headers().firstValue("Positions"))
                    .hasValueSatisfying(positions -> assertThat(positions).contains("1:0=5000", "1:3=5000"));
            assertThat(Client.read(read.body()).replica().appliedEvents()).isGreaterThanOrEqualTo(10_000);
        }
    }

    @Test
    void whoeverIsNotReachedInTimeIsToldToComeAgain() {
        try (Application application = Application.start(NOBODY, data, "--wal-receiver.reads.max-wait=10ms")) {
            HttpResponse<String> read = application.client.get("/api/trending", "Positions", "1:0=1");

            assertThat(read.statusCode()).isEqualTo(503);
            assertThat(read.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    void streamsAreNoMoreThanThereAreSeats() {
        try (Application application = Application.start(NOBODY, data, "--trending.max-streams=2")) {
            Stream<String> first = application.client.live().body();
            Stream<String> second = application.client.live().body();
            HttpResponse<String> third = application.client.get("/live");

            assertThat(third.statusCode()).isEqualTo(503);
            assertThat(third.headers().firstValue("Retry-After")).hasValue("5");
            first.close();
            await().atMost(Client.LONG).untilAsserted(() -> {
                try (Stream<String> again = application.client.live().body()) {
                    assertThat(again.findFirst()).isPresent();
                }
            });
            second.close();
        }
    }

    @Test
    void streamsEndWithTheApplication() {
        Application application = Application.start(NOBODY, data);
        Iterator<String> lines = application.client.live().body().iterator();
        assertThat(lines.next()).startsWith("data:{");
        application.close();

        assertThat(lines).toIterable().allMatch(line -> line.isEmpty() || line.startsWith("data:{"));
    }

    @Test
    void aSlowReaderGetsTheNewestAndNotWhatPiledUp() throws IOException {
        try (Leader leader = Leader.start(archive);
                Application application =
                        Application.start(leader.address(), data, "--trending.every=2ms", "--trending.size=200");
                Socket slow = new Socket()) {
            leader.write(4);
            application.client.awaitApplied(leader.events());
            slow.setReceiveBufferSize(4 << 10);
            slow.connect(application.client.socket());
            slow.getOutputStream().write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            pump(application, 20_000_000);
            leader.writeAll();
            application.client.awaitApplied(leader.events());

            assertThat(bytesUntil(slow, "\"appliedEvents\":" + leader.events())).isLessThan(2_000_000);
        }
    }

    /** Lets so many bytes of moments go by, as another one reads them. */
    private static void pump(Application application, long wanted) {
        long bytes = 0;
        try (Stream<String> lines = application.client.live().body()) {
            for (Iterator<String> each = lines.iterator(); bytes < wanted; ) {
                bytes += each.next().length();
            }
        }
    }

    private static int bytesUntil(Socket socket, String wanted) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        StringBuilder tail = new StringBuilder();
        int bytes = 0;
        while (tail.indexOf(wanted) < 0) {
            int read = in.read(buffer);
            assertThat(read).as("the stream goes on").isPositive();
            bytes += read;
            tail.delete(0, Math.max(0, tail.length() - wanted.length()))
                    .append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        return bytes;
    }
}
