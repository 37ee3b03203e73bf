package io.walreceiver.server.web.read;

import io.walreceiver.server.web.WebRoutes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The document of what is answered, in OpenAPI 3.1. It is put together from {@code openapi/document.json} and one fragment a piece, an
 * object with {@code paths} and {@code schemas}.
 */
final class OpenApi {

    private static final String FOLDER = "openapi/";
    /** Those that are there: the entries of a jar cannot be listed from within. */
    private static final List<String> FRAGMENTS =
            List.of("read.json", "live.json", "page.json", "operate.json", "admin.json");

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final ObjectNode document;

    private OpenApi(ObjectNode document) {
        this.document = document;
    }

    /**
     * Puts it together.
     *
     * @throws IllegalStateException if two fragments say different things of the same
     */
    static OpenApi compose() {
        OpenApi composed = new OpenApi(required("document.json"));
        FRAGMENTS.forEach(composed::add);
        return composed;
    }

    byte[] bytes() {
        return MAPPER.writeValueAsBytes(document);
    }

    private void add(String name) {
        ObjectNode fragment = read(name);
        if (fragment == null) {
            return;
        }
        ObjectNode paths = document.withObjectProperty("paths");
        for (Map.Entry<String, JsonNode> path : fragment.path("paths").properties()) {
            merge(name + ": " + path.getKey(), paths.withObjectProperty(path.getKey()), path.getValue());
        }
        ObjectNode components = document.withObjectProperty("components");
        merge(name, components.withObjectProperty("schemas"), fragment.path("schemas"));
    }

    private static void merge(String where, ObjectNode into, JsonNode from) {
        for (Map.Entry<String, JsonNode> member : from.properties()) {
            JsonNode there = into.get(member.getKey());
            if (there != null && !there.equals(member.getValue())) {
                throw new IllegalStateException(where + ": " + member.getKey() + " is described twice");
            }
            into.set(member.getKey(), member.getValue());
        }
    }

    private static ObjectNode required(String name) {
        ObjectNode found = read(name);
        if (found == null) {
            throw new IllegalStateException(FOLDER + name + " is missing in this jar");
        }
        return found;
    }

    private static @Nullable ObjectNode read(String name) {
        try (InputStream in = WebRoutes.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? null : (ObjectNode) MAPPER.readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
