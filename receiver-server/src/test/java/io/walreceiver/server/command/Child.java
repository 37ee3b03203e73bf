package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.server.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A command in a process of its own. What it writes goes to files, so that it never waits for a reader. */
final class Child {

    static final Duration SOON = Duration.ofMinutes(3);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final JsonMapper JSON = new JsonMapper();

    private final Process process;
    private final List<String> words;
    private final Path out;
    private final Path err;

    private Child(Process process, List<String> words, Path out, Path err) {
        this.process = process;
        this.words = words;
        this.out = out;
        this.err = err;
    }

    static Child start(Path folder, String name, List<String> words) throws IOException {
        Path out = folder.resolve(name + ".out");
        Path err = folder.resolve(name + ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC", // these two: it starts in half the time
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(words);
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Child(process, words, out, err);
    }

    /** SIGKILL. */
    void kill() {
        try {
            assertThat(process.destroyForcibly().waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                    .as(this::toString)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM, after which the command ends in order. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(exit()).as(this::toString).isEqualTo(Exit.OK);
    }

    int exit() throws InterruptedException {
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                .as(() -> "it ends: " + this)
                .isTrue();
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it has got hold of a data directory. */
    boolean holds(Path data) {
        Path owner = data.resolve("owner");
        return Files.exists(owner) && text(owner).contains(String.valueOf(process.pid()));
    }

    /** The first object that says this, with {@code --json}; waits for it. */
    JsonNode says(String event) {
        return says("event", event);
    }

    JsonNode says(String key, String value) {
        await().atMost(SOON)
                .pollInterval(POLL)
                .failFast(() -> assertThat(isAlive() || said(key, value).isPresent())
                        .as(this::toString)
                        .isTrue())
                .untilAsserted(
                        () -> assertThat(said(key, value)).as(this::toString).isPresent());
        return said(key, value).orElseThrow();
    }

    boolean hasSaid(String event) {
        return said("event", event).isPresent();
    }

    private Optional<JsonNode> said(String key, String value) {
        String text = out();
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .<JsonNode>map(JSON::readTree)
                .filter(line -> line.has(key) && line.get(key).asString().equals(value))
                .findFirst();
    }

    String out() {
        return text(out);
    }

    String err() {
        return text(err);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return String.join(" ", words) + (isAlive() ? "" : " -> " + process.exitValue()) + "\n" + out() + err();
    }
}
