package io.walreceiver.server.schemafile;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.input.Durations;
import java.util.stream.Collectors;

/** Writes signal types as a schema file that {@link SchemaFile#load} reads back as the same types. */
public final class SchemaYaml {

    private SchemaYaml() {}

    /** The text of the file. */
    public static String of(SignalSchema schema) {
        return schema.types().stream()
                .map(type -> "  - {type: " + type.index() + ", name: " + quoted(type.name()) + ", half-life: "
                        + halfLife(type) + "}\n")
                .collect(Collectors.joining("", "signals:\n", ""));
    }

    private static String halfLife(SignalType type) {
        return type.halfLife().map(Durations::text).orElse("permanent");
    }

    /** A word that YAML reads as nothing but that word stays as it is. */
    private static String quoted(String name) {
        return name.matches("[a-z][a-z0-9_-]*") && !name.matches("y|n|yes|no|on|off|true|false|null")
                ? name
                : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
