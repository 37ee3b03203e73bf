package io.walreceiver.server.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request is answered with. Immutable.
 *
 * @param status of HTTP
 * @param headers further ones, the content's type among them
 * @param body bytes that nobody changes any more
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Answer(int status, Map<String, String> headers, byte[] body) {

    static final String PROBLEM = "application/problem+json";

    private static final String JSON = "application/json";
    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Status 200, as JSON. */
    public static Answer json(Object body) {
        return of(200, JSON, body);
    }

    /** As JSON. */
    public static Answer json(int status, Object body) {
        return of(status, JSON, body);
    }

    /** Status 200, text of a type. */
    public static Answer text(String contentType, String body) {
        return bytes(contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Status 200, bytes of a type, which must not be changed any more. */
    public static Answer bytes(String contentType, byte[] body) {
        return new Answer(200, Map.of("Content-Type", contentType), body);
    }

    /** The same, with a header more. */
    public Answer header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }

    static Answer of(int status, String contentType, Object body) {
        return new Answer(status, Map.of("Content-Type", contentType), MAPPER.writeValueAsBytes(body));
    }
}
