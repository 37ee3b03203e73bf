package io.walreceiver.server.web;

import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import reactor.netty.http.server.HttpServerRequest;

/** What a request is told that no route answers. */
final class UnknownRoutes {

    private record Known(Pattern path, String method) {}

    private final List<Known> known;

    UnknownRoutes(List<Route> routes) {
        this.known = routes.stream()
                .map(route -> new Known(route.pattern(), route.method()))
                .toList();
    }

    Answer answer(HttpServerRequest request) {
        String path = request.uri().split("[?#]", 2)[0];
        TreeSet<String> methods = new TreeSet<>();
        known.stream().filter(route -> route.path.matcher(path).matches()).forEach(route -> methods.add(route.method));
        String method = PlainText.word(request.method().name());
        if (methods.isEmpty()) {
            return ProblemException.notFound("nothing answers " + method + " here; GET /v1/openapi.json says what does")
                    .answer();
        }
        String allowed = String.join(", ", methods);
        return ProblemException.of(
                        405,
                        "method-not-allowed",
                        "This method is not answered here",
                        "expected " + allowed + ", found " + method + "; GET /v1/openapi.json says more")
                .answer()
                .header("Allow", allowed);
    }
}
