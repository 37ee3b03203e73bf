package io.walreceiver.server.web.admin;

import io.walreceiver.format.LogId;
import io.walreceiver.server.admin.CheckpointMade;
import io.walreceiver.server.admin.CheckpointsMade;
import io.walreceiver.server.admin.KeptDropped;
import io.walreceiver.server.admin.KeptJson;
import io.walreceiver.server.admin.SkipMade;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.quarantine.KeptSegment;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is done to logs. */
final class LogActions {

    private static final int MAX_WISH_BYTES = 16 << 10;
    private static final int MAX_REASON = 1_000;

    private final Follower follower;

    LogActions(Follower follower) {
        this.follower = follower;
    }

    /** What a skip is asked for with. */
    record SkipWish(@Nullable Long through, @Nullable String reason) {}

    Mono<Task> checkpoint() {
        return Mono.just(new Task(
                Map.of(),
                Mono.defer(() -> Mono.fromCallable(() -> CheckpointMade.bytes(stored()))
                        .flatMap(before -> follower.receiver()
                                .checkpoint()
                                .then(Mono.fromCallable(() ->
                                        Answer.json(new CheckpointsMade(CheckpointMade.since(before, stored())))))))));
    }

    Mono<Task> skip(Call call) {
        LogId log = log(call);
        return call.body(SkipWish.class, MAX_WISH_BYTES).map(wish -> {
            Long through = wish.through();
            String reason = wish.reason();
            if (through == null || through < 1) {
                throw ProblemException.badRequest(
                        "through: expected the position of the last event that is given up, 1 or more, found "
                                + through);
            }
            if (reason == null || reason.isBlank() || reason.length() > MAX_REASON) {
                throw ProblemException.badRequest(
                        "reason: expected 1 to " + MAX_REASON + " characters that say why, found "
                                + (reason == null || reason.isBlank() ? "none" : reason.length()));
            }
            return new Task(
                    Map.of("log", log.toString(), "through", through, "reason", reason), skip(log, through, reason));
        });
    }

    private Mono<Answer> skip(LogId log, long through, String reason) {
        return follower.receiver()
                .skip(log, through, reason)
                .flatMap(skip -> Mono.fromCallable(() -> Answer.json(
                        SkipMade.of(log, skip, stored().log(log).keptAside().kept()))));
    }

    Mono<Task> drop(Call call) {
        LogId log = log(call);
        String name = call.path("name");
        return Mono.just(new Task(
                Map.of("log", log.toString(), "name", name),
                follower.receiver()
                        .dropKeptAside(log, name)
                        .map(kept -> Answer.json(new KeptDropped(log.toString(), KeptJson.of(kept))))
                        .switchIfEmpty(Mono.error(() -> notKept(log, name)))));
    }

    /** The bytes of a refused segment, as they came. */
    Mono<Task> bytes(Call call) {
        LogId log = log(call);
        String name = call.path("name");
        return Mono.just(
                new Task(Map.of("log", log.toString(), "name", name), Mono.fromCallable(() -> bytes(log, name))));
    }

    private Answer bytes(LogId log, String name) throws IOException {
        StoredLog of = stored().log(log);
        KeptSegment kept = of.keptAside().kept().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> notKept(log, name));
        return of.bytes(kept)
                .map(segment -> Answer.bytes("application/octet-stream", segment.bytes())
                        .header("Content-Disposition", "attachment; filename=\"" + kept.name() + ".seg\""))
                .orElseThrow(() -> ProblemException.notFound("the bytes of " + kept.name() + " of log " + log
                        + " are not kept; GET /v1/status says what is known of it"));
    }

    /** The log that the path names, which must have been seen. */
    private LogId log(Call call) {
        String named = call.path("region") + ":" + call.path("shard");
        try {
            LogId log = LogId.parse(named);
            if (follower.receiver().status().log(log).isPresent()) {
                return log;
            }
        } catch (IllegalArgumentException e) {
            throw ProblemException.notFound("the path names no log; expected /v1/admin/logs/REGION/SHARD");
        }
        throw ProblemException.notFound("log " + named + " is not known here: nothing of it has come or is stored");
    }

    private static ProblemException notKept(LogId log, String name) {
        return ProblemException.notFound("no segment of that name is kept aside of log " + log
                + (name.length() == 37 ? "" : "; expected the whole name, 37 characters, found " + name.length())
                + "; receiver quarantine ls shows all");
    }

    private StoredData stored() {
        return StoredData.in(follower.data());
    }
}
