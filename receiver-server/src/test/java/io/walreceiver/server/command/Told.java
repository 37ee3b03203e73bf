package io.walreceiver.server.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service says of itself, to whoever asks over HTTP. */
record Told(String address) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static final String DATA = "data: ";

    /** An answer. */
    record Answer(int status, JsonNode json) {

        static Answer of(HttpResponse<String> response) {
            return new Answer(response.statusCode(), JSON.readTree(response.body()));
        }

        /** Of a health check: why it is not up, in words. */
        List<String> reasons() {
            return json.get("reasons")
                    .valueStream()
                    .map(reason -> reason.get("reason").asString())
                    .toList();
        }

        /** What it says of one of them. */
        String detail(String reason) {
            return json.get("reasons")
                    .valueStream()
                    .filter(one -> one.get("reason").asString().equals(reason))
                    .map(one -> one.get("detail").asString() + " -> "
                            + one.get("next").asString())
                    .findFirst()
                    .orElse("");
        }

        /** Its status code and the word in it: of a health check, up; of a problem, that of its type. */
        String word() {
            JsonNode word = json.has("type") ? json.get("type") : json.path("status");
            return (status + " " + word.asString("").replace("urn:walreceiver:", "")).strip();
        }
    }

    Answer get(String path) {
        return Answer.of(send(path, BodyHandlers.ofString()));
    }

    CompletableFuture<Answer> later(String path) {
        return CLIENT.sendAsync(request(path), BodyHandlers.ofString()).thenApply(Answer::of);
    }

    Answer live() {
        return get("/livez");
    }

    Answer ready() {
        return get("/readyz");
    }

    JsonNode log(String path) {
        return get("/v1/logs/" + path).json();
    }

    /** The source, as the status tells it. */
    JsonNode source() {
        return get("/v1/status").json().get("sources").get(0);
    }

    /** The lines of a stream of events, which stays open until it ends or is closed. */
    Stream<String> stream() {
        return send("/v1/live", BodyHandlers.ofLines()).body();
    }

    /** The first status that a new stream brings: what a dashboard shows that is opened now. */
    JsonNode dashboard() {
        try (Stream<String> lines = stream()) {
            return lines.filter(line -> line.startsWith(DATA))
                    .map(line -> JSON.readTree(line.substring(DATA.length())))
                    .filter(data -> data.has("logCount"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** What the dashboard says of a log: why it does not move, and what to do. */
    String sentence(String log) {
        return dashboard()
                .get("logs")
                .valueStream()
                .filter(row -> row.get("log").asString().equals(log))
                .map(row -> row.get("why").asString() + " -> " + row.get("next").asString())
                .findFirst()
                .orElse("");
    }

    private <T> HttpResponse<T> send(String path, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request(path), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).build();
    }
}
