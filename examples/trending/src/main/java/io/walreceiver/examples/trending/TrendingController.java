package io.walreceiver.examples.trending;

import io.netty.channel.Channel;
import io.walreceiver.examples.trending.Trend.Reading;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What is hot, as JSON. A request below {@code /api} that carries the header {@code Positions} is answered when the replica has come so
 * far: the starter sees to that, and nothing here knows of it.
 */
@RestController
final class TrendingController {

    private static final String COME_AGAIN_SECONDS = "5";

    private final Trends trends;
    private final LiveTrends live;

    TrendingController(Trends trends, LiveTrends live) {
        this.trends = trends;
        this.live = live;
    }

    @GetMapping("/api/trending")
    Mono<Trend> trending() {
        return trends.hottest();
    }

    @GetMapping("/api/{signal}/{entityId}")
    Reading one(@PathVariable String signal, @PathVariable String entityId) {
        return trends.one(signal, unsigned(entityId))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no such signal"));
    }

    @GetMapping(path = "/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<String>> live(ServerHttpResponse response) {
        return Flux.defer(() -> live.takeSeat() ? follow(channel(response)) : full(response));
    }

    private Flux<ServerSentEvent<String>> follow(Channel channel) {
        return live.follow(channel::isWritable)
                .map(moment -> ServerSentEvent.builder(moment).build());
    }

    private static Flux<ServerSentEvent<String>> full(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
        response.getHeaders().set(HttpHeaders.RETRY_AFTER, COME_AGAIN_SECONDS);
        return Flux.empty();
    }

    private static Channel channel(ServerHttpResponse response) {
        AtomicReference<Channel> channel = new AtomicReference<>();
        ServerHttpResponseDecorator.<HttpServerResponse>getNativeResponse(response)
                .withConnection(connection -> channel.set(connection.channel()));
        return channel.get();
    }

    private static long unsigned(String entityId) {
        try {
            return Long.parseUnsignedLong(entityId);
        } catch (NumberFormatException e) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "an entity's id is a number from 0 to 18446744073709551615");
        }
    }
}
