package io.walreceiver.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Holds answers against the OpenAPI document, by the part of JSON Schema that it uses; a word beyond that is a mistake, too. */
public final class ApiDocument {

    private static final Set<String> WORDS = Set.of(
            "$ref",
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "enum",
            "oneOf",
            "minimum",
            "maximum",
            "pattern");
    private static final Set<String> NOTES = Set.of("description", "example", "format", "default");
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    private final JsonNode document;

    public ApiDocument(JsonNode document) {
        this.document = document;
    }

    /** Every method and path. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().propertyNames().forEach(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    /** The method and path of a request. */
    public String operation(String method, String target) {
        String path = target.split("\\?", 2)[0];
        return operations().stream()
                .filter(operation -> operation.startsWith(method + " "))
                .filter(operation -> new Route("", operation.split(" ")[1])
                        .pattern()
                        .matcher(path)
                        .matches())
                .min((a, b) -> Integer.compare(variables(a), variables(b)))
                .orElseThrow(() -> new AssertionError(method + " " + path + " is not in the document"));
    }

    private static int variables(String operation) {
        return operation.split("\\{", -1).length;
    }

    /** What is wrong with an answer, by the document; empty if nothing is. */
    public List<String> faults(String method, String target, RawHttp.Response answer) {
        String[] operation = operation(method, target).split(" ");
        JsonNode responses = document.get("paths")
                .get(operation[1])
                .get(method.toLowerCase(Locale.ROOT))
                .get("responses");
        JsonNode told = responses.get(Integer.toString(answer.status()));
        JsonNode response = resolved(told == null ? responses.path("default") : told);
        String type = answer.headers().getOrDefault("content-type", "");
        JsonNode content = response.path("content").path(type);
        List<String> faults = new ArrayList<>();
        if (content.isMissingNode()) {
            faults.add(answer.status() + " as " + type + " is not in the document");
        } else {
            validate("", content.path("schema"), answer.json(), faults);
        }
        if (answer.headers().containsKey("positions")
                && response.path("headers").path("Positions").isMissingNode()) {
            faults.add("the header Positions is not in the document");
        }
        return faults;
    }

    /** Every schema and reference can be read. */
    public List<String> brokenReferences() {
        return document.findValues("$ref").stream()
                .map(JsonNode::asString)
                .filter(ref ->
                        !ref.startsWith("#/") || document.at(ref.substring(1)).isMissingNode())
                .toList();
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode ref = node.path("$ref");
        return ref.isMissingNode() ? node : document.at(ref.asString().substring(1));
    }

    private void validate(String at, JsonNode given, JsonNode value, List<String> faults) {
        JsonNode schema = resolved(given);
        schema.propertyNames().stream()
                .filter(word -> !WORDS.contains(word) && !NOTES.contains(word))
                .forEach(word -> faults.add(at + ": this validator does not know " + word));
        if (schema.has("oneOf")) {
            long fitting = schema.get("oneOf")
                    .valueStream()
                    .filter(one -> {
                        List<String> inner = new ArrayList<>();
                        validate(at, one, value, inner);
                        return inner.isEmpty();
                    })
                    .count();
            check(fitting == 1, at, "fits " + fitting + " of oneOf: " + value, faults);
        }
        if (schema.has("type")) {
            boolean fits = schema.get("type").isArray()
                    ? schema.get("type").valueStream().anyMatch(type -> is(type.asString(), value))
                    : is(schema.get("type").asString(), value);
            check(fits, at, "expected " + schema.get("type") + ", found " + value, faults);
        }
        if (schema.has("enum")) {
            check(
                    schema.get("enum").valueStream().anyMatch(value::equals),
                    at,
                    "expected " + schema.get("enum") + ", found " + value,
                    faults);
        }
        if (value.isNumber()) {
            check(
                    value.asDouble() >= schema.path("minimum").asDouble(-Double.MAX_VALUE)
                            && value.asDouble() <= schema.path("maximum").asDouble(Double.MAX_VALUE),
                    at,
                    value + " is out of range",
                    faults);
        }
        if (schema.has("pattern") && value.isString()) {
            check(
                    Pattern.compile(schema.get("pattern").asString())
                            .matcher(value.asString())
                            .find(),
                    at,
                    value + " does not match",
                    faults);
        }
        if (value.isObject()) {
            members(at, schema, value, faults);
        }
        if (value.isArray() && schema.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                validate(at + "[" + i + "]", schema.get("items"), value.get(i), faults);
            }
        }
    }

    private void members(String at, JsonNode schema, JsonNode value, List<String> faults) {
        schema.path("required")
                .valueStream()
                .filter(name -> !value.has(name.asString()))
                .forEach(name -> faults.add(at + ": " + name + " is missing"));
        JsonNode further = schema.path("additionalProperties");
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            JsonNode known = schema.path("properties").path(member.getKey());
            String where = at + "." + member.getKey();
            if (!known.isMissingNode()) {
                validate(where, known, member.getValue(), faults);
            } else if (further.isObject()) {
                validate(where, further, member.getValue(), faults);
            } else {
                check(!further.isBoolean() || further.asBoolean(), where, "is not in the document", faults);
            }
        }
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new AssertionError("type " + type);
        };
    }

    private static void check(boolean fits, String at, String fault, List<String> faults) {
        if (!fits) {
            faults.add(at + ": " + fault);
        }
    }
}
