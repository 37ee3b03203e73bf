package io.walreceiver.server.input;

import io.walreceiver.server.input.Node.Entry;
import io.walreceiver.server.input.Node.Mapping;
import io.walreceiver.server.input.Node.Scalar;
import io.walreceiver.server.input.Node.Sequence;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;

/** Reads a document into {@link Node}s, which Jackson's own trees cannot replace: they forget lines and columns. */
public final class NodeReader {

    private static final int MAX_DEPTH = 16;

    private final String file;
    private final JsonParser parser;

    private NodeReader(String file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * Reads the one document of a file.
     *
     * @param maxBytes how large it may be
     * @throws InvalidFileException if it is too large, not a text, not well-formed, or there is more than one document or none
     * @throws IOException if it cannot be read
     */
    public static Node read(Path file, long maxBytes) throws IOException {
        String name = file.toString();
        long bytes = Files.size(file);
        if (bytes > maxBytes) {
            throw new InvalidFileException(List.of(
                    new Mistake(name, 0, 0, "the file has " + bytes + " bytes; such a file has at most " + maxBytes)));
        }
        try {
            return read(name, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(List.of(new Mistake(name, 0, 0, "not a text in UTF-8")));
        }
    }

    /**
     * Reads the one document of a text, as JSON if the file's name ends so, else as YAML.
     *
     * @throws InvalidFileException if it is not well-formed, or there is more than one document or none
     */
    public static Node read(String file, String text) {
        TokenStreamFactory format = file.endsWith(".json") ? new JsonFactory() : new YAMLFactory();
        try (JsonParser parser = format.createParser(ObjectReadContext.empty(), text)) {
            return new NodeReader(file, parser).document();
        } catch (JacksonException e) {
            throw malformed(file, format instanceof JsonFactory ? "JSON" : "YAML", e);
        }
    }

    private Node document() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new InvalidFileException(List.of(new Mistake(file, 0, 0, "the file is empty")));
        }
        Node root = node(first, 0);
        if (parser.nextToken() != null) {
            throw fault("a second document starts here; expected one document");
        }
        return root;
    }

    private Node node(JsonToken token, int depth) {
        if (depth > MAX_DEPTH) {
            throw fault("nested deeper than " + MAX_DEPTH + " levels");
        }
        TokenStreamLocation at = parser.currentTokenLocation();
        return switch (token) {
            case START_OBJECT -> new Mapping(entries(depth), at.getLineNr(), at.getColumnNr());
            case START_ARRAY -> new Sequence(items(depth), at.getLineNr(), at.getColumnNr());
            default -> scalar(token);
        };
    }

    private List<Entry> entries(int depth) {
        List<Entry> entries = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
            Scalar key = scalar(token);
            entries.add(new Entry(key, node(parser.nextToken(), depth + 1)));
        }
        return entries;
    }

    private List<Node> items(int depth) {
        List<Node> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(node(token, depth + 1));
        }
        return items;
    }

    private Scalar scalar(JsonToken token) {
        TokenStreamLocation at = parser.currentTokenLocation();
        boolean empty = token == JsonToken.VALUE_NULL
                || (token == JsonToken.VALUE_STRING && parser.getString().isEmpty());
        return new Scalar(empty ? "" : parser.getString(), empty, at.getLineNr(), at.getColumnNr());
    }

    private InvalidFileException fault(String what) {
        TokenStreamLocation at = parser.currentTokenLocation();
        return new InvalidFileException(List.of(new Mistake(file, at.getLineNr(), at.getColumnNr(), what)));
    }

    private static InvalidFileException malformed(String file, String format, JacksonException e) {
        return new InvalidFileException(List.of(
                e.getCause() instanceof MarkedYamlEngineException yaml
                        ? yamlMistake(file, yaml)
                        : mistake(file, format, e)));
    }

    /** YAML's own parser knows better than Jackson where it got stuck. */
    private static Mistake yamlMistake(String file, MarkedYamlEngineException e) {
        return e.getProblemMark()
                .map(mark -> new Mistake(
                        file, mark.getLine() + 1, mark.getColumn() + 1, "not well-formed YAML: " + e.getProblem()))
                .orElseGet(() -> new Mistake(file, 0, 0, "not well-formed YAML: " + e.getProblem()));
    }

    private static Mistake mistake(String file, String format, JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String why = e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
        int detail = why.indexOf(" (for ");
        return new Mistake(
                file,
                at == null ? 0 : Math.max(0, at.getLineNr()),
                at == null ? 0 : Math.max(0, at.getColumnNr()),
                "not well-formed " + format + ": " + (detail < 0 ? why : why.substring(0, detail)));
    }
}
