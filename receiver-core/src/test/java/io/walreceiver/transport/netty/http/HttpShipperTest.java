package io.walreceiver.transport.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.LeaderEpoch;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The leader's side, against a server whose every byte is the test's own. */
class HttpShipperTest {

    private static final WalSegmentPayload LARGE = PushedTo.segment(1, 10_000);
    private static final WalSegmentPayload SMALL = PushedTo.segment(1, 10);

    private final ServerSocket server;
    private final HttpShipper shipper;

    HttpShipperTest() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        shipper = options().build();
    }

    private HttpShipper.Builder options() {
        return HttpShipper.to(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .continuePatience(Duration.ofMinutes(10))
                .backoff(Duration.ofMillis(1), Duration.ofMillis(10));
    }

    @AfterEach
    void close() throws IOException {
        shipper.close();
        server.close();
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("wal-http")));
    }

    @Test
    void aLargeSegmentIsKeptBackUntilItIsWanted() throws IOException {
        CompletableFuture<Void> send = shipper.send(LARGE).toFuture();
        try (Socket follower = server.accept()) {
            assertThat(head(follower))
                    .startsWith("PUT /v1/segments/1/3/1 HTTP/1.1")
                    .containsIgnoringCase("expect: 100-continue")
                    .containsIgnoringCase("segment-events: 10000")
                    .containsIgnoringCase("content-length: " + LARGE.bytes().length)
                    .doesNotContainIgnoringCase("transfer-encoding");
            assertThat(follower.getInputStream().available()).isZero();
            say(follower, "HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(follower.getInputStream().readNBytes(LARGE.bytes().length))
                    .isEqualTo(LARGE.bytes());
            assertThat(send).isNotDone();
            say(follower, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"durable\":10000}");
            send.join();
        }
    }

    @Test
    void aSegmentThatIsRefusedIsNeverSent() throws IOException {
        CompletableFuture<Void> send = shipper.send(LARGE).toFuture();
        try (Socket follower = server.accept()) {
            head(follower);
            String problem = "{\"type\":\"urn:walreceiver:gap\",\"detail\":\"not\\u001b[31m yet\",\"expected\":7}";
            say(
                    follower,
                    "HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Length: " + problem.length() + "\r\n\r\n"
                            + problem);
            assertThatThrownBy(send::join).hasCauseInstanceOf(SegmentRejectedException.class);
            SegmentRejectedException rejected = (SegmentRejectedException)
                    send.handle((done, failure) -> failure).join();
            assertThat(rejected.status()).isEqualTo(409);
            assertThat(rejected.problem()).isEqualTo("gap");
            assertThat(rejected.expected()).hasValue(7);
            assertThat(rejected).hasMessage("segment 1:3:1: the follower answered 409 gap: not?[31m yet");
            assertThat(follower.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\nContent-Length: 4\r\n\r\n{\"a\"",
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 9223372036854775807\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
                "garbage\r\n\r\n",
                "",
            })
    void whatMayGoWellLaterIsTriedAgain(String answer) throws IOException {
        CompletableFuture<Void> send = shipper.send(SMALL).toFuture();
        for (int attempt = 0; attempt < 3; attempt++) {
            try (Socket follower = server.accept()) {
                head(follower);
                follower.getInputStream().readNBytes(SMALL.bytes().length);
                say(follower, answer);
            }
            assertThat(send).isNotDone();
        }
        try (Socket follower = server.accept()) {
            head(follower);
            say(follower, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            send.join();
        }
    }

    @Test
    void segmentsOfALogGoOneAfterTheOtherEvenIfOneIsWithdrawn() throws IOException {
        List<CompletableFuture<Void>> sends = new ArrayList<>();
        for (WalSegmentPayload segment : List.of(SMALL, PushedTo.segment(11, 10), PushedTo.segment(21, 10))) {
            sends.add(shipper.send(segment).toFuture());
        }
        try (Socket follower = server.accept()) {
            assertThat(head(follower)).startsWith("PUT /v1/segments/1/3/1 ");
            follower.getInputStream().readNBytes(SMALL.bytes().length);
            sends.get(1).cancel(true);
            assertThat(sends.get(2)).isNotDone();
            assertThat(follower.getInputStream().available()).isZero();
            say(follower, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}");
        }
        try (Socket follower = server.accept()) {
            assertThat(head(follower)).startsWith("PUT /v1/segments/1/3/21 ");
            say(follower, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
            sends.get(0).join();
            sends.get(2).join();
        }
    }

    @Test
    void theEpochIsSaid() throws IOException {
        try (HttpShipper fenced = options().epoch(log -> new LeaderEpoch(3, 90)).build()) {
            CompletableFuture<Void> send = fenced.send(SMALL).toFuture();
            try (Socket follower = server.accept()) {
                assertThat(head(follower)).containsIgnoringCase("leader-epoch: 3;start=90");
                say(follower, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                send.join();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host", "https://host", "host:80", "/v1"})
    void aFollowerThatCannotBePushedToIsRefused(String uri) {
        assertThatThrownBy(() -> HttpShipper.to(URI.create(uri)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri);
    }

    private static String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the connection ended after: " + head);
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }
}
