package io.walreceiver.examples.trending;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the application. */
final class Client {

    static final Duration LONG = Duration.ofSeconds(120);

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final int port;

    Client(int port) {
        this.port = port;
    }

    InetSocketAddress socket() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    String address() {
        return "http://127.0.0.1:" + port;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(path, BodyHandlers.ofString(), headers);
    }

    /** What is hot. */
    Trend trend() {
        return read(get("/api/trending").body());
    }

    /** Waits until the replica has replayed so many events. */
    void awaitApplied(LongPredicate events) {
        await().atMost(LONG).until(() -> {
            HttpResponse<String> answer = get("/api/trending"); // not answered while it reads back what it has stored
            return answer.statusCode() == 200
                    && events.test(read(answer.body()).replica().appliedEvents());
        });
    }

    void awaitApplied(long events) {
        awaitApplied(applied -> applied == events);
    }

    /** What is hot, again and again. */
    HttpResponse<Stream<String>> live() {
        return send("/live", BodyHandlers.ofLines());
    }

    static Trend read(String json) {
        return JsonMapper.shared().readValue(json, Trend.class);
    }

    private <T> HttpResponse<T> send(String path, HttpResponse.BodyHandler<T> handler, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
