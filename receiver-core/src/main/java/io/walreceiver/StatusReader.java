package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogProgress;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.replay.LogWriter;
import io.walreceiver.route.LogInbox;
import io.walreceiver.route.LogInboxes;
import io.walreceiver.storage.LogStore;
import io.walreceiver.transport.Heartbeat;
import io.walreceiver.transport.Transport;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Puts together how a receiver stands, and each log: by its own positions, and by what the transport knows. */
final class StatusReader {

    private final Transport transport;

    StatusReader(Transport transport) {
        this.transport = transport;
    }

    ReceiverStatus read(ReceiverStatus.Phase phase, Pipeline running) {
        List<LogStatus> logs = running.logs().stream()
                .map(inbox -> read(inbox, running.writer(inbox.progress().log()).map(LogWriter::store)))
                .sorted(Comparator.comparing(LogStatus::log))
                .toList();
        LogInboxes inboxes = running.inboxes();
        return new ReceiverStatus(
                phase,
                logs,
                phase == ReceiverStatus.Phase.RECOVERING ? Optional.of(running.recovery()) : Optional.empty(),
                inboxes.inFlightBytes(),
                inboxes.peakInFlightBytes(),
                inboxes.roomRanOut(),
                inboxes.tooManyLogs());
    }

    private LogStatus read(LogInbox inbox, Optional<LogStore> store) {
        LogProgress progress = inbox.progress();
        LogId log = progress.log();
        OptionalLong batchNanos = progress.appliedBatchNanos(); // first: it must not be younger than the position
        LogProgress.Snapshot positions = progress.snapshot();
        Optional<Heartbeat> heartbeat = said(() -> transport.heartbeat(log), Optional.empty());
        OptionalLong head = head(said(() -> transport.head(log), OptionalLong.empty()), heartbeat);
        Optional<LogTrouble> trouble = trouble(inbox);
        return new LogStatus(
                log,
                trouble.map(LogTrouble::state).orElse(LogState.RUNNING),
                trouble.map(LogTrouble::cause),
                positions.received(),
                positions.written(),
                positions.durable(),
                positions.applied(),
                positions.acknowledged(),
                head,
                heartbeat.flatMap(last -> lag(last, head, positions.applied(), batchNanos)),
                heartbeat.map(StatusReader::age),
                said(() -> transport.epoch(log), Optional.empty()),
                progress.heldSegments(),
                progress.heldBytes(),
                store.map(LogStore::keptAside).orElse(0),
                store.map(LogStore::skips).orElse(List.of()),
                inbox.inFlightBytes());
    }

    /** What the log itself suffers from, unless it only waits for what its source says it will not send. */
    private Optional<LogTrouble> trouble(LogInbox inbox) {
        Optional<LogTrouble> own = inbox.progress().trouble();
        if (own.isPresent() && own.get().state() != LogState.GAP) {
            return own;
        }
        return said(() -> transport.trouble(inbox.progress().log()), Optional.<LogTrouble>empty())
                .or(() -> own)
                .or(() -> behind(inbox));
    }

    private static Optional<LogTrouble> behind(LogInbox inbox) {
        return inbox.behind()
                ? Optional.of(new LogTrouble(
                        LogState.BEHIND,
                        "log " + inbox.progress().log()
                                + ": segments were let go for want of room and are asked for again; "
                                + "raise maxInFlightBytes if this lasts"))
                : Optional.empty();
    }

    private static OptionalLong head(OptionalLong known, Optional<Heartbeat> heartbeat) {
        return heartbeat.isPresent() ? OptionalLong.of(Math.max(heartbeat.get().head(), known.orElse(0))) : known;
    }

    private static Optional<Duration> lag(Heartbeat last, OptionalLong head, long applied, OptionalLong batchNanos) {
        if (applied >= head.orElse(0)) {
            return Optional.of(Duration.ZERO);
        }
        return batchNanos.isPresent()
                ? Optional.of(Duration.ofNanos(Math.max(0, last.clockNanos() - batchNanos.getAsLong())))
                : Optional.empty();
    }

    private static Duration age(Heartbeat last) {
        return Duration.ofNanos(Math.max(0, System.nanoTime() - last.receivedAt()));
    }

    /** A transport that cannot say, for whatever reason, leaves it unknown: what stands here is also told at the end. */
    private static <T> T said(Supplier<T> question, T unknown) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return unknown;
        }
    }
}
