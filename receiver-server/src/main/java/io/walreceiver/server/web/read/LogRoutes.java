package io.walreceiver.server.web.read;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import io.walreceiver.format.LogId;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.WebRoutes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** How the follower and its logs stand, while it recovers and after its end, too. */
final class LogRoutes {

    private final Follower follower;
    private final Scheduler reading;

    /** All logs. */
    record LogsJson(List<LogJson> logs) {}

    /** How far all logs have come. */
    record PositionsJson(List<PositionJson> positions) {}

    /** How far a log has come. */
    record PositionJson(
            String log,
            long received,
            long written,
            long durable,
            long applied,
            long acknowledged,
            @Nullable Long head) {

        static PositionJson of(LogStatus log) {
            return new PositionJson(
                    log.log().toString(),
                    log.received(),
                    log.written(),
                    log.durable(),
                    log.applied(),
                    log.acknowledged(),
                    LogJson.orNull(log.head()));
        }
    }

    /** @param reading where all logs are looked at: it takes its time with many of them */
    LogRoutes(Follower follower, Scheduler reading) {
        this.follower = follower;
        this.reading = reading;
    }

    void addTo(WebRoutes routes) {
        routes.get("/v1/status", this::status)
                .get("/v1/positions", this::positions)
                .get("/v1/logs", this::logs)
                .get("/v1/logs/{region}/{shard}", this::log);
    }

    private Mono<Answer> status(Call call) {
        new Parameters(call).check();
        return looked(status -> StatusJson.of(follower, status, seen(call, status)));
    }

    private Mono<Answer> positions(Call call) {
        new Parameters(call).check();
        return looked(status -> new PositionsJson(
                seen(call, status).stream().map(PositionJson::of).toList()));
    }

    private Mono<Answer> logs(Call call) {
        new Parameters(call).check();
        return looked(status ->
                new LogsJson(seen(call, status).stream().map(LogJson::of).toList()));
    }

    private Mono<Answer> log(Call call) {
        LogId log = log(call, new Parameters(call));
        return looked(status -> LogJson.of(status.log(log).orElseThrow(() -> unknown(log))));
    }

    /** The log that the path names, which the caller may see. There must be no other parameters. */
    static LogId log(Call call, Parameters parameters) {
        int region = parameters.path("region", 0, Values::part);
        int shard = parameters.path("shard", 0, Values::part);
        parameters.check();
        LogId log = new LogId(region, shard);
        if (!call.maySee(log)) {
            throw ProblemException.forbidden(
                    call.identity().name() + " may not read log " + log + "; see docs/security.md");
        }
        return log;
    }

    static ProblemException unknown(LogId log) {
        return ProblemException.notFound(
                "nothing of log " + log + " has come; GET /v1/logs lists those that are known");
    }

    private interface View {
        Object of(ReceiverStatus status);
    }

    private Mono<Answer> looked(View view) {
        return Mono.fromCallable(() -> Answer.json(view.of(follower.receiver().status())))
                .subscribeOn(reading);
    }

    private static List<LogStatus> seen(Call call, ReceiverStatus status) {
        return status.logs().stream().filter(log -> call.maySee(log.log())).toList();
    }
}
