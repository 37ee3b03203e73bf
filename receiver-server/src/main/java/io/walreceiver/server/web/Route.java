package io.walreceiver.server.web;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is answered where.
 *
 * @param method GET, POST ...; what GET answers, HEAD answers without the body, unless it is a stream
 * @param path with {@code {name}} for parts of it that vary
 */
public record Route(String method, String path) {

    private static final String NAME = "\\{[^}]+}";

    /** Tells paths, which are as they were sent, that are of this route from others. */
    Pattern pattern() {
        return Pattern.compile(
                Arrays.stream(path.split(NAME, -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")));
    }
}
