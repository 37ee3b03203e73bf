package io.walreceiver.server.service;

import io.walreceiver.format.LogId;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.demo.DemoData;
import io.walreceiver.server.demo.DemoLeader;
import io.walreceiver.server.demo.DemoStory;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the demo lives: its leader, that one's archive, the schema and names, and the follower's data unless that is to be kept. */
final class DemoHome implements AutoCloseable {

    private static final String ENTITIES = "entities.csv";

    private final Path home;
    private final Path data;
    private final DemoLeader leader;

    private DemoHome(Path home, Path data, DemoLeader leader) {
        this.home = home;
        this.data = data;
        this.leader = leader;
    }

    /**
     * Unpacks everything and starts the leader.
     *
     * @param keepsData whether somebody has named the data directory: then it stays
     */
    static DemoHome open(ServerConfig config, boolean keepsData, ServiceEvents events) throws IOException {
        Path home = Files.createTempDirectory("receiver-demo-");
        Path data = keepsData ? config.data().directory() : home.resolve("data");
        try {
            for (String name : List.of(DemoData.SCHEMA, ENTITIES)) {
                Files.writeString(home.resolve(name), DemoData.text(name));
            }
            DemoStory story = DemoStory.read();
            Path archive = Files.createDirectory(home.resolve("leader"));
            int pace = config.demo().pace();
            DemoLeader leader = DemoLeader.start(story, archive, pace, followed(data), events::demoIsThrough);
            events.demo(story, pace);
            return new DemoHome(home, data, leader);
        } catch (IOException | RuntimeException e) {
            delete(home);
            throw e;
        }
    }

    /** The same options with the leader that is here. */
    ServerConfig in(ServerConfig config) {
        int port = leader.address().getPort();
        return config.following(
                new Endpoint("tcp", leader.address().getHostString(), port), data, home.resolve(DemoData.SCHEMA));
    }

    /** What time it is for the leader. */
    Clock clock() {
        return leader.clock();
    }

    @Override
    public void close() throws IOException {
        leader.close();
        delete(home);
    }

    private static Map<LogId, Long> followed(Path data) throws IOException {
        Map<LogId, Long> positions = new HashMap<>();
        Optional<StoredData> stored = StoredData.find(data);
        if (stored.isPresent()) {
            for (LogId log : stored.get().logs()) {
                positions.put(log, stored.get().log(log).read().position());
            }
        }
        return positions;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
