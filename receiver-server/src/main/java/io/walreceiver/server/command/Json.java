package io.walreceiver.server.command;

import io.walreceiver.server.console.Console;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes results as JSON: records become objects with keys in the order of their components, empty Optionals are left out. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(SerializationFeature.WRAP_EXCEPTIONS) // so that a broken pipe stays one
            .changeDefaultPropertyInclusion(include ->
                    include.withValueInclusion(com.fasterxml.jackson.annotation.JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    /** One object on a line of its own, written out at once: others may be a while. */
    static void line(Console console, Object value) {
        MAPPER.writeValue(console.out(), value);
        console.out().println();
        console.out().flush();
    }

    /** The one document of a command, indented. */
    static void document(Console console, Object value) {
        MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValue(console.out(), value);
        console.out().println();
    }
}
