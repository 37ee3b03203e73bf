package io.walreceiver.server.web.admin;

import io.walreceiver.server.admin.AuditEntry;
import io.walreceiver.server.admin.AuditLog;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebRoutes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * What an operator has done over HTTP, under {@code /v1/admin}: for identities with {@code admin}, not for pages of other sites, and
 * each action, carried out or refused, in the audit of the data directory.
 */
public final class AdminFeature implements WebFeature {

    private static final String LOG = "/v1/admin/logs/{region}/{shard}";
    private static final String KEPT = LOG + "/quarantine/{name}";
    private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(10);
    private static final int DEFAULT_ENTRIES = 100;
    private static final int MAX_ENTRIES = 1_000;

    private final Follower follower;
    private final AdminOptions options;
    private final AuditLog audit;
    private final LogActions logs;
    private final SchemaActions schema;

    /** Of a follower whose data directory is locked by this process, or will be when its receiver runs. */
    public AdminFeature(Follower follower, AdminOptions options) {
        this.follower = follower;
        this.options = options;
        this.audit = new AuditLog(follower.data());
        this.logs = new LogActions(follower);
        this.schema = new SchemaActions(follower);
    }

    private record Latest(List<AuditEntry> entries) {}

    @Override
    public void addTo(WebRoutes routes) {
        Audited audited = new Audited(audit, routes.origin(), follower.clock(), options.maxActions());
        Gate downloads = new Gate("downloads", options.maxDownloads());
        routes
                .post("/v1/admin/checkpoint", call -> audited.act(call, "checkpoint", Map.of(), logs::checkpoint))
                .post(LOG + "/skip", call -> audited.act(call, "skip", about(call), () -> logs.skip(call)))
                .delete(KEPT, call -> audited.act(call, "quarantine drop", about(call), () -> logs.drop(call)))
                .stream(
                        KEPT + "/bytes",
                        (call, response) -> downloads.enter(
                                audited.act(call, "quarantine download", about(call), () -> logs.bytes(call))
                                        .flatMap(answer -> send(response, answer))))
                .get("/v1/admin/schema", call -> audited.act(call, "schema show", Map.of(), schema::show))
                .post(
                        "/v1/admin/schema/check",
                        call -> audited.act(call, "schema check", Map.of(), () -> schema.check(call)))
                .get("/v1/admin/audit", this::latest);
    }

    private static Map<String, String> about(Call call) {
        return Map.of("log", call.path("region") + ":" + call.path("shard"));
    }

    private static Mono<Void> send(HttpServerResponse response, Answer answer) {
        answer.headers().forEach(response::header);
        response.header("Content-Length", Integer.toString(answer.body().length));
        return response.sendByteArray(Mono.just(answer.body())).then().timeout(LONGEST_DOWNLOAD);
    }

    /** Reading the audit is not audited: it would be the most of it. */
    private Mono<Answer> latest(Call call) {
        call.requireAdmin();
        int most = call.query("limit").map(AdminFeature::limit).orElse(DEFAULT_ENTRIES);
        return Mono.fromCallable(() -> Answer.json(new Latest(audit.latest(most))))
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorMap(Problems::of);
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_ENTRIES) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // falls through to what is expected
        }
        throw ProblemException.badRequest("limit: expected 1.." + MAX_ENTRIES);
    }
}
