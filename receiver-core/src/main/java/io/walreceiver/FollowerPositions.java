package io.walreceiver;

import io.walreceiver.format.BatchMark;
import io.walreceiver.format.LogId;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.replay.LogWriter;
import io.walreceiver.route.LogInbox;
import io.walreceiver.storage.records.Epoch;
import io.walreceiver.storage.records.Skip;
import io.walreceiver.storage.wal.StoredBatch;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.SkippedEvents;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** One run of a receiver, as its transport sees it. */
final class FollowerPositions implements Positions {

    /** Characters of a reason that are kept: it comes from the source. */
    private static final int MAX_REASON = 1_000;

    private final Pipeline pipeline;

    FollowerPositions(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Map<LogId, Long> read() {
        return pipeline.logs().stream()
                .map(LogInbox::progress)
                .collect(Collectors.toUnmodifiableMap(LogProgress::log, FollowerPositions::position));
    }

    /** A sender may forget what lies at or below it: what was received may still wait for its commit. */
    private static long position(LogProgress log) {
        return Math.min(log.received(), log.acknowledged()); // less than was acknowledged after a part has failed
    }

    @Override
    public Optional<BatchMark> lastBatch(LogId log) {
        return pipeline.inboxes()
                .seen(log)
                .flatMap(inbox -> pipeline.writer(log)
                        .flatMap(writer -> writer.store().lastDurableBatch(position(inbox.progress()))))
                .map(StoredBatch::mark);
    }

    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return pipeline.inboxes().seen(log).flatMap(inbox -> inbox.progress().trouble());
    }

    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        return pipeline.epoch(log);
    }

    @Override
    public Mono<Void> adopt(LogId log, LeaderEpoch epoch) {
        return of(log, writer -> writer.adopt(new Epoch(epoch.number(), epoch.start())));
    }

    @Override
    public Mono<Void> skip(LogId log, SkippedEvents skip) {
        return of(
                log,
                writer -> writer.passOver(new Skip(skip.from(), skip.through(), skip.at(), reason(skip.reason()))));
    }

    private Mono<Void> of(LogId log, Function<LogWriter, Mono<Void>> errand) {
        return Mono.defer(() -> pipeline.inboxes()
                .see(log)
                .map(inbox -> errand.apply(pipeline.writer(inbox)))
                .orElseGet(() -> Mono.error(new IllegalStateException(
                        "log " + log + " would be one more than maxLogs: raise it to follow the log"))));
    }

    private static String reason(String said) {
        String reason = said.isBlank() ? "the source passed over them" : said;
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON);
    }
}
