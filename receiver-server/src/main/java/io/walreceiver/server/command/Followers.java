package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.LiveLine;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.transport.netty.tcp.FollowerStatus;
import io.walreceiver.transport.netty.tcp.TcpPublisher;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tells who comes to a publisher and who goes, and how they get on. */
final class Followers {

    private final Console console;
    private final LiveLine line;
    private final TcpPublisher.Running publisher;
    private final boolean json;
    private Map<String, FollowerStatus> connected = new HashMap<>();

    Followers(Console console, LiveLine line, TcpPublisher.Running publisher, boolean json) {
        this.console = console;
        this.line = line;
        this.publisher = publisher;
        this.json = json;
    }

    void listening(Endpoint address, Path directory, Collection<LogId> logs) {
        if (json) {
            Json.line(
                    console,
                    new Listens(
                            "listening",
                            address.toString(),
                            logs.stream().map(LogId::toString).toList()));
        } else {
            console.out()
                    .println("publishing " + Figures.counted(logs.size(), "log") + " of " + directory + " on "
                            + console.paint().bold(address.toString()) + "  (Ctrl-C stops)");
            console.out().flush();
        }
    }

    /** Looks who is there now. Called by one thread at a time. */
    synchronized void look() {
        Map<String, FollowerStatus> now = publisher.followers().stream()
                .collect(Collectors.toMap(FollowerStatus::remote, Function.identity(), (a, b) -> b));
        Map<String, FollowerStatus> before = connected;
        connected = now;
        now.values().stream().filter(one -> !before.containsKey(one.remote())).forEach(one -> tell("connected", one));
        before.values().stream()
                .filter(one -> !now.containsKey(one.remote()))
                .forEach(one -> tell("disconnected", one));
        if (!json) {
            line.show(summary(now.values()));
        }
    }

    private String summary(Collection<FollowerStatus> followers) {
        long bytes = followers.stream().mapToLong(FollowerStatus::sentBytes).sum();
        return followers.isEmpty()
                ? "no follower"
                : Figures.counted(followers.size(), "follower") + ", " + Figures.bytes(bytes) + " sent to them";
    }

    private void tell(String event, FollowerStatus follower) {
        if (json) {
            Json.line(console, Came.of(event, follower));
            return;
        }
        String who = "follower " + follower.node() + " (" + follower.identity() + ", " + follower.remote() + ") ";
        String how = event.equals("connected")
                ? event
                : event + " after " + Figures.bytes(follower.sentBytes()) + "; durable there: " + positions(follower);
        line.tell(() -> console.err().println(who + how));
    }

    private static String positions(FollowerStatus follower) {
        return follower.acknowledged().isEmpty()
                ? "nothing"
                : new TreeMap<>(follower.acknowledged())
                        .entrySet().stream()
                                .map(log -> log.getKey() + " through " + Figures.count(log.getValue()))
                                .collect(Collectors.joining(", "));
    }

    private record Listens(String event, String address, List<String> logs) {}

    private record Came(
            String event,
            String node,
            String identity,
            String remote,
            long sentBytes,
            Optional<Map<String, Long>> acknowledged) {

        static Came of(String event, FollowerStatus follower) {
            Map<String, Long> positions = new TreeMap<>();
            follower.acknowledged().forEach((log, position) -> positions.put(log.toString(), position));
            return new Came(
                    event,
                    follower.node(),
                    follower.identity(),
                    follower.remote(),
                    follower.sentBytes(),
                    positions.isEmpty() ? Optional.empty() : Optional.of(positions));
        }
    }
}
