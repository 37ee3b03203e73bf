package io.walreceiver.server.web.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a stream of events, as they are asked for. */
final class EventStream implements AutoCloseable {

    /** An event. */
    record Event(String name, JsonNode data) {}

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    static EventStream open(String address, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/v1/live"));
        return new EventStream(CLIENT.send(
                (headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofInputStream()));
    }

    /** The next event; null if the stream has ended cleanly. */
    @Nullable
    Event next() throws IOException {
        String name = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                return new Event(name, JsonMapper.shared().readTree(line.substring("data: ".length())));
            }
        }
        return null;
    }

    JsonNode next(String name) throws IOException {
        return next(name, data -> true);
    }

    JsonNode next(String name, Predicate<JsonNode> wanted) throws IOException {
        for (Event event = next(); event != null; event = next()) {
            if (event.name().equals(name) && wanted.test(event.data())) {
                return event.data();
            }
        }
        throw new AssertionError("the stream ended before such an event: " + name);
    }

    /** The next row of a log that is as wanted, of whatever event brings it. */
    JsonNode row(String log, Predicate<JsonNode> wanted) throws IOException {
        while (true) {
            for (JsonNode row : next("status").get("logs")) {
                if (row.get("log").asString().equals(log) && wanted.test(row)) {
                    return row;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
