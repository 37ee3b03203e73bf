package io.walreceiver.server.command;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Progress;
import io.walreceiver.server.replay.Replay;
import io.walreceiver.storage.CommitPolicy;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.RecoveryFinding;
import io.walreceiver.storage.Storage;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A data directory that a receiver of this command works in, or reads from. Shows the recovery, and gathers what it finds. */
final class DataInUse {

    private static final long MEGABYTE = 1_000_000;
    private static final Duration TICK = Duration.ofMillis(100);

    private final Console console;
    private final List<RecoveryFinding> findings = new CopyOnWriteArrayList<>();
    private final Function<Consumer<SegmentOutcome>, Replay> replays;
    private final long bytesToRecover;

    private DataInUse(
            Console console,
            Optional<StoredData> stored,
            Function<Consumer<RecoveryFinding>, Storage> storage,
            Function<Storage, Function<Consumer<SegmentOutcome>, Replay>> replays)
            throws IOException {
        this.console = console;
        this.replays = replays.apply(storage.apply(findings::add));
        this.bytesToRecover = stored.isPresent() ? bytesToRecover(stored.get()) : 0;
    }

    /**
     * A directory to replay into, which may be new.
     *
     * @param wanted the schema, if one was named; without it the stored one counts
     */
    static DataInUse replayedInto(
            Console console, Path directory, Optional<SignalSchema> wanted, CommitPolicy commitPolicy)
            throws IOException {
        Optional<StoredData> stored = StoredData.find(directory);
        SignalSchema schema = wanted.or(() -> stored.map(data -> data.schema().schema()))
                .orElseThrow(() -> CommandFailure.usage(
                        "--schema: it is missing, and " + directory + " holds none yet",
                        "add --schema FILE; later runs go by what is stored"));
        return new DataInUse(
                console,
                stored,
                findings -> DirectoryStorage.builder(directory)
                        .commitPolicy(commitPolicy)
                        .onFinding(findings)
                        .build(),
                storage -> observer -> stored.map(data -> new Replay(with(schema, data), storage, observer))
                        .orElseGet(() -> new Replay(schema, storage, observer)));
    }

    /** A directory that is there, to be worked in under a schema, which is adopted if it is another and compatible. */
    static DataInUse under(Console console, StoredData stored, StoredSchema schema) throws IOException {
        return new DataInUse(
                console,
                Optional.of(stored),
                findings -> DirectoryStorage.builder(stored.directory())
                        .adoptsSchemaChanges(true)
                        .onFinding(findings)
                        .build(),
                storage -> observer -> new Replay(schema, storage, observer));
    }

    /** A directory that is only read from. */
    static DataInUse readOnly(Console console, StoredData stored) throws IOException {
        return new DataInUse(
                console,
                Optional.of(stored),
                stored::readOnly,
                storage -> observer -> new Replay(stored.schema(), storage, observer));
    }

    /** Other types, the same policies: no schema file names those. */
    static StoredSchema with(SignalSchema schema, StoredData stored) {
        return new StoredSchema(
                schema, stored.schema().invalidEvents(), stored.schema().maxEventLead());
    }

    /**
     * A replay that goes on from what is stored.
     *
     * @param observer is told of every outcome
     */
    Replay replay(Consumer<SegmentOutcome> observer) {
        return replays.apply(observer);
    }

    /** What the recovery found, as far as it has come. */
    List<RecoveryFinding> findings() {
        return findings;
    }

    /** Tells what the recovery found on standard error. */
    void warn() {
        findings.forEach(finding -> console.warning(finding.kind() + ": " + finding.text()));
    }

    /** Shows how far the recovery has come, until the receiver goes on. */
    Mono<Void> showRecovery(SegmentReceiver receiver) {
        return showRecovery(console, receiver, bytesToRecover);
    }

    /** The same, of so many bytes. */
    static Mono<Void> showRecovery(Console console, SegmentReceiver receiver, long bytesToRecover) {
        Mono<?> over = receiver.statusChanges()
                .filter(status -> status.phase() != Phase.NEW && status.phase() != Phase.RECOVERING)
                .next();
        return Mono.using(
                () -> Progress.on(console, "recovering", "MB", MEGABYTE, bytesToRecover),
                progress -> {
                    long[] done = {0};
                    return Flux.interval(TICK)
                            .onBackpressureDrop()
                            .takeUntilOther(over)
                            .doOnNext(tick -> receiver.status().recovery().ifPresent(status -> {
                                progress.advance(status.doneBytes() - done[0]);
                                done[0] = status.doneBytes();
                            }))
                            .then();
                },
                Progress::close);
    }

    private static long bytesToRecover(StoredData stored) throws IOException {
        long bytes = 0;
        for (var log : stored.logs()) {
            bytes += stored.log(log).bytesToRecover();
        }
        return bytes;
    }
}
