package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A publisher and a follower are killed again and again while the one sends to the other; in the end the follower's data gives the
 * very export that the publisher's segments do. {@code -Dnetwork.kills=N} kills each side more often, {@code -Dnetwork.events=N} sends
 * more, {@code -Dnetwork.kill.seed=S} repeats.
 */
class NetworkKillTest extends NetworkFixture {

    private static final int LOGS = 4;
    private static final int SEGMENTS_PER_LOG = 40;
    private static final double NEARLY_ALL = 0.95;
    private static final Duration POLL = Duration.ofMillis(2);

    private enum Side {
        PUBLISHER,
        FOLLOWER
    }

    private Path segments = Path.of("");
    private String address = "";
    private double bytesPerEvent;

    @Test
    @Timeout(3_600)
    void whatIsSentSurvivesTheDeathsOfBothSides() throws Exception {
        int kills = Integer.getInteger("network.kills", 6);
        long events = Long.getLong("network.events", 300_000);
        long seed = Long.getLong("network.kill.seed", System.nanoTime());
        System.out.println("network kill: seed " + seed + ", repeat with -Dnetwork.kill.seed=" + seed);
        generate(events);
        Path expected = directory.resolve("model.csv");
        Map<LogId, Long> heads = heads(expected);

        Child publisher = start(Side.PUBLISHER);
        Child follower = start(Side.FOLLOWER);
        Random random = new Random(seed);
        List<Side> plan = plan(kills, random);
        int underWay = 0;
        for (int done = 0; done < plan.size(); done++) {
            Side side = plan.get(done);
            awaitProgress(target(events, plan.size() - done, random), publisher, follower, side);
            underWay += progress(data, bytesPerEvent) < events * NEARLY_ALL ? 1 : 0;
            if (side == Side.PUBLISHER) {
                publisher.kill();
                publisher = start(Side.PUBLISHER);
            } else {
                follower.kill();
                follower = start(Side.FOLLOWER);
            }
        }

        awaitEnds(data, heads, publisher, follower);
        publisher.says("listening");
        follower.says("state", "CONNECTED");
        follower.stop();
        publisher.stop();
        assertThat(follower.says("stopped").get("drained").asBoolean()).isTrue();
        assertThat(underWay).as("kills while events were under way").isPositive();
        Path exported = directory.resolve("export.csv");
        Run export = Run.of("export", data, "--out", exported, "--at", NOW);
        assertThat(export.exit()).as(export.toString()).isEqualTo(Exit.OK);
        assertThat(Files.mismatch(exported, expected))
                .as("first byte that differs")
                .isEqualTo(-1);
        System.out.println("network kill: " + plan.size() + " kills, " + underWay + " while events were under way");
    }

    private void generate(long events) {
        segments = directory.resolve("segments");
        Run run = Run.of(
                "generate",
                "--out",
                segments,
                "--events",
                events,
                "--logs",
                LOGS,
                "--segments",
                Math.max(SEGMENTS_PER_LOG, events / 50_000));
        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        schema = segments.resolve("schema.yaml");
        bytesPerEvent = (double) list(segments).stream()
                        .filter(file -> file.toString().endsWith(".seg"))
                        .mapToLong(file -> file.toFile().length())
                        .sum()
                / events;
    }

    /** Also writes what the export must be. */
    private Map<LogId, Long> heads(Path export) {
        Path model = directory.resolve("model");
        Run run = Run.of("replay", segments, "--schema", schema, "--data", model, "--export", export, "--at", NOW);
        assertThat(run.exit()).as(run.toString()).isEqualTo(Exit.OK);
        Map<LogId, Long> heads = ends(model);
        assertThat(heads).hasSize(LOGS);
        return heads;
    }

    private static List<Side> plan(int kills, Random random) {
        List<Side> plan = new ArrayList<>();
        for (Side side : Side.values()) {
            plan.addAll(Collections.nCopies(kills, side));
        }
        Collections.shuffle(plan, random);
        return plan;
    }

    private Child start(Side side) throws IOException {
        if (address.isEmpty()) {
            address = "tcp://127.0.0.1:" + freePort();
        }
        return side == Side.PUBLISHER
                ? start("publish", segments, "--listen", address)
                : start("serve", "--from", address, "--data", data, "--schema", schema);
    }

    /** What is left is spread over the kills to come; every fourth comes early: while a side starts, recovers or connects. */
    private long target(long events, int killsLeft, Random random) {
        long from = progress(data, bytesPerEvent);
        long left = Math.max(0, (long) (events * NEARLY_ALL) - from); // it is only nearly known how much there is
        return random.nextInt(4) == 0 ? from : from + (long) (random.nextDouble() * 2 * left / (killsLeft + 1));
    }

    private void awaitProgress(long target, Child publisher, Child follower, Side side) {
        await().atMost(Child.SOON)
                .pollInterval(POLL)
                .failFast(() -> assertThat(List.of(publisher, follower))
                        .allSatisfy(child ->
                                assertThat(child.isAlive()).as(child::toString).isTrue()))
                .untilAsserted(
                        () -> assertThat(hasBegun(side, publisher, follower) && progress(data, bytesPerEvent) >= target)
                                .as(() -> progress(data, bytesPerEvent) + " of " + target + ": " + publisher + follower)
                                .isTrue());
    }

    private boolean hasBegun(Side side, Child publisher, Child follower) {
        return side == Side.PUBLISHER ? publisher.hasSaid("listening") : follower.holds(data);
    }
}
