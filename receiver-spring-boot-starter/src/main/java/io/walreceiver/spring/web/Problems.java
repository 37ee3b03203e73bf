package io.walreceiver.spring.web;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;

/** Answers with problems of RFC 9457, written by the application's own mapper; without a body if it has none. */
final class Problems {

    private static final String COME_AGAIN_SECONDS = "1";

    private final ServerResponse.Context context;

    Problems(ServerCodecConfigurer codecs) {
        this.context = new ServerResponse.Context() {
            @Override
            public List<HttpMessageWriter<?>> messageWriters() {
                return codecs.getWriters();
            }

            @Override
            public List<ViewResolver> viewResolvers() {
                return List.of();
            }
        };
    }

    static ProblemDetail of(HttpStatus status, String word, String title, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:walreceiver:" + word));
        problem.setTitle(title);
        return problem;
    }

    Mono<Void> answer(ServerWebExchange exchange, ProblemDetail problem) {
        ServerResponse.BodyBuilder response =
                ServerResponse.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (problem.getStatus() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            response.header(HttpHeaders.RETRY_AFTER, COME_AGAIN_SECONDS);
        }
        return response.bodyValue(problem)
                .flatMap(built -> built.writeTo(exchange, context))
                .onErrorResume(
                        UnsupportedMediaTypeStatusException.class,
                        e -> exchange.getResponse().setComplete());
    }
}
