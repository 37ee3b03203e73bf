package io.walreceiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.SimulatedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What happens to a data directory: logs are sent, synced, checkpointed, pruned, refused, skipped and dropped, receivers stop and start
 * again, once with a new schema. All of it follows from the seed.
 */
final class Scenario {

    static final int MAX_LOGS = 3;

    private static final int STEPS = 45;

    private final long seed;
    private final Patience patience;
    private final boolean drops;
    private final boolean skipsWhileItRuns;
    private final List<SentLog> logs = new ArrayList<>();

    /**
     * A scenario.
     *
     * @param drops whether operators drop logs
     */
    Scenario(long seed, Patience patience, boolean drops) {
        this.seed = seed;
        this.patience = patience;
        this.drops = drops;
        Random random = new Random(seed);
        this.skipsWhileItRuns = random.nextBoolean();
        int count = 1 + random.nextInt(MAX_LOGS);
        for (int shard = 0; shard < count; shard++) {
            long last = 10 + random.nextInt(40);
            long holeFrom = shard == 0 && random.nextBoolean() ? 2 + random.nextInt((int) last - 6) : last + 1;
            logs.add(new SentLog(new LogId(1, shard), last, holeFrom, holeFrom + random.nextInt(4)));
        }
    }

    /** Everything, from an empty disk to the last stop. */
    void run(SimulatedDisk disk, Promises promises) throws IOException {
        Random random = new Random(seed);
        Follower follower = start(disk, random, promises, SentLog.OLD);
        for (int life = 0; life < 3; life++) {
            steps(follower, random.nextInt(STEPS));
            follower = restart(follower, random.nextBoolean() ? SentLog.NEW : stored(follower));
        }
        finish(follower);
    }

    /** A start after a crash, wherever that was, and the rest. */
    void resume(SimulatedDisk disk, Random random, Promises promises) throws IOException {
        Follower follower = start(disk, random, promises, SentLog.NEW);
        steps(follower, random.nextInt(8));
        finish(follower);
    }

    /** Only the start, to be followed by a crash. */
    void recover(SimulatedDisk disk, Random random, Promises promises) throws IOException {
        start(disk, random, promises, SentLog.NEW);
    }

    private Follower start(SimulatedDisk disk, Random random, Promises promises, StoredSchema schema)
            throws IOException {
        Follower follower = Follower.start(
                logs, disk, random, promises, Follower.options(disk, random).build(), schema, patience);
        if (schema.equals(SentLog.NEW)) {
            attempt(follower, follower::adopt);
        }
        return follower;
    }

    /** Does something, and brings the logs that failed with it to where they can go on. */
    private void attempt(Follower follower, Patience.Attempt attempt) throws IOException {
        patience.with(follower.disk, () -> {
            try {
                attempt.run();
            } finally {
                follower.recover();
            }
        });
    }

    private static StoredSchema stored(Follower follower) {
        return follower.knowsNewSchema() ? SentLog.NEW : SentLog.OLD;
    }

    private void steps(Follower follower, int count) throws IOException {
        for (int step = 0; step < count; step++) {
            attempt(follower, () -> step(follower));
        }
    }

    private void step(Follower follower) throws IOException {
        Random random = follower.random;
        FollowedLog log = new ArrayList<>(follower.logs.values()).get(random.nextInt(logs.size()));
        switch (random.nextInt(16)) {
            case 0 -> log.keepAside();
            case 1 -> {
                follower.remember();
                if (random.nextInt(3) == 0) {
                    log.adopt();
                }
            }
            case 2, 3, 4, 5 -> log.checkpoint();
            case 6, 7, 8 -> follower.someWork();
            case 9 -> log.sync();
            default -> {
                if (log.atHole() && skipsWhileItRuns) {
                    log.skip();
                } else {
                    log.append();
                }
            }
        }
    }

    private Follower restart(Follower follower, StoredSchema schema) throws IOException {
        follower.stop();
        SimulatedDisk disk = follower.disk;
        for (FollowedLog log : follower.logs.values()) {
            if (log.atHole()) {
                patience.with(disk, () -> Follower.skip(disk, log.sent(), follower.promises));
            } else if (drops && log.position() > 0 && follower.random.nextInt(8) == 0) {
                patience.with(disk, () -> Follower.drop(disk, log.sent(), follower.promises));
            }
        }
        return start(disk, follower.random, follower.promises, schema);
    }

    /** Sends all that is left, and looks whether it is still there after a stop. */
    private void finish(Follower unfinished) throws IOException {
        Follower follower = unfinished;
        sendAll(follower);
        while (follower.logs.values().stream().anyMatch(FollowedLog::atHole)) {
            follower = restart(follower, SentLog.NEW);
            sendAll(follower);
        }
        follower.disk.repair();
        follower.disk.capacity(Long.MAX_VALUE);
        follower.check();
        for (FollowedLog log : follower.logs.values()) {
            log.checkLastBatch();
        }
        follower.stop();
        Follower again = start(follower.disk, follower.random, follower.promises, SentLog.NEW);
        for (FollowedLog log : again.logs.values()) {
            assertThat(log.recovered().findings()).isEmpty();
            assertThat(log.complete()).isTrue();
        }
        again.stop();
    }

    /** As long as something is missing: what was written does not count after a sync that failed. */
    private void sendAll(Follower follower) throws IOException {
        do {
            for (FollowedLog log : follower.logs.values()) {
                while (!log.complete() && !log.atHole()) {
                    attempt(follower, log::append);
                    if (follower.random.nextInt(3) == 0) {
                        attempt(follower, log::checkpoint);
                        attempt(follower, follower::someWork);
                    }
                }
            }
            follower.logs.values().forEach(FollowedLog::giveUpCheckpoint);
            follower.settle();
        } while (!follower.logs.values().stream().allMatch(log -> log.complete() || log.atHole()));
    }
}
