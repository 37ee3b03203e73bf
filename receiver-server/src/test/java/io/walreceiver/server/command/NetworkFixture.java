package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** For tests of commands that talk with each other, each in a process of its own. */
abstract class NetworkFixture extends DataFixture {

    static final String ANY_TCP = "tcp://127.0.0.1:0";
    static final String ANY_HTTP = "http://127.0.0.1:0";
    private static final Duration POLL = Duration.ofMillis(50);

    private final List<Child> children = new ArrayList<>();

    @AfterEach
    void killChildren() {
        children.forEach(Child::kill);
    }

    /** Starts a command with {@code --json}. */
    Child start(Object... words) throws IOException {
        List<String> all = new ArrayList<>();
        for (Object word : words) {
            all.add(word.toString());
        }
        if (all.contains("serve") && !all.contains("--web")) {
            all.addAll(List.of("--web", ANY_HTTP)); // many run at once
        }
        all.add("--json");
        Child child = Child.start(directory, "child-" + children.size(), all);
        children.add(child);
        return child;
    }

    static String address(Child child, String event) {
        return child.says(event).get("address").asString();
    }

    /** Below those that the system gives to clients: while nobody listens, no other may take it, nor a client meet itself. */
    static int freePort() throws IOException {
        Random random = new Random();
        while (true) {
            int port = 10_000 + random.nextInt(20_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (java.net.BindException taken) {
                continue;
            }
        }
    }

    /** How far each log goes; a log of which nothing can be read now is left out. */
    static Map<LogId, Long> ends(Path data) {
        Map<LogId, Long> ends = new TreeMap<>();
        try {
            StoredData stored = StoredData.in(data);
            for (LogId log : stored.logs()) {
                ends.put(log, stored.log(log).read().position());
            }
        } catch (IOException | UncheckedIOException | StorageException moving) {
            return ends; // its owner renames and deletes files meanwhile
        }
        return ends;
    }

    static void awaitEnds(Path data, Map<LogId, Long> heads, Child... alive) {
        await().atMost(Child.SOON)
                .pollInterval(POLL)
                .failFast(() -> assertThat(alive)
                        .allSatisfy(child ->
                                assertThat(child.isAlive()).as(child::toString).isTrue()))
                .untilAsserted(() -> assertThat(ends(data))
                        .as(() -> List.of(alive).toString())
                        .isEqualTo(heads));
    }

    /** How many events are on disk, nearly: grows as files are written, rolled and pruned. */
    static long progress(Path data, double bytesPerEvent) {
        return list(data.resolve("logs")).stream()
                .mapToLong(log -> list(log).stream()
                        .mapToLong(file -> progressOfFile(file, bytesPerEvent))
                        .max()
                        .orElse(0))
                .sum();
    }

    private static long progressOfFile(Path file, double bytesPerEvent) {
        return WalSegmentId.ofFileName(file.getFileName().toString().replace(".open", ""))
                .map(id -> id.seqno() + (long) (file.toFile().length() / bytesPerEvent))
                .orElse(0L);
    }

    static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (UncheckedIOException | IOException gone) {
            return List.of();
        }
    }
}
