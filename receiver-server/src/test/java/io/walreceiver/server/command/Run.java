package io.walreceiver.server.command;

import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One run of a command, in this process, and what came of it. */
record Run(int exit, String out, String err) {

    static final Path VECTORS = Path.of(System.getProperty("vectors"));

    private static final JsonMapper JSON = new JsonMapper();

    static Run of(Object... args) {
        return on(Terminal.NONE, args);
    }

    static Run on(Terminal terminal, Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
        int exit = ReceiverCommand.run(Console.of(out, err, terminal), words);
        return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    JsonNode json() {
        return JSON.readTree(out);
    }

    List<JsonNode> jsonLines() {
        return out.lines().map(JSON::readTree).toList();
    }
}
