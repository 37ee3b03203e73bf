package io.walreceiver.server.web.operate;

import io.walreceiver.LogStatus;
import io.walreceiver.health.Health;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.health.SourceState;
import io.walreceiver.metrics.LedgerSize;
import io.walreceiver.metrics.ReceiverMeters;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.SourceStatus;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebRoutes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * {@code GET /livez} and {@code /readyz}, open to all, with reasons for those who are known; {@code GET /metrics} for those who may read every
 * log.
 */
public final class OperateFeature implements WebFeature, AutoCloseable {

    private final Follower follower;
    private final OperateOptions options;
    private final Surroundings surroundings;
    private volatile Optional<Running> running = Optional.empty();

    /** Without anything to count beside the receiver. */
    public OperateFeature(Follower follower, OperateOptions options) {
        this(follower, options, Surroundings.NONE);
    }

    /**
     * The operations of a follower.
     *
     * @param follower the follower
     * @param options policies and bounds
     * @param surroundings what is counted beside the receiver
     */
    public OperateFeature(Follower follower, OperateOptions options, Surroundings surroundings) {
        this.follower = follower;
        this.options = options;
        this.surroundings = surroundings;
    }

    private record Running(ReceiverHealth health, Scrape scrape) {}

    /** Adds the routes, and starts to look at the receiver. Once. */
    @Override
    public void addTo(WebRoutes routes) {
        ReceiverHealth health = ReceiverHealth.watch(follower.receiver(), this::sources, options.health());
        Scrape scrape = new Scrape(meters(health), follower.data());
        scrape.start();
        running = Optional.of(new Running(health, scrape));
        routes.open("/livez", call -> answer(health.liveness(), call))
                .open("/readyz", call -> answer(health.readiness(), call))
                .get("/metrics", call -> scrape(scrape, call));
    }

    /** Ends looking. To be called after the server has stopped. */
    @Override
    public void close() {
        running.ifPresent(all -> {
            all.health().close();
            all.scrape().close();
        });
    }

    private ReceiverMeters meters(ReceiverHealth health) {
        return ReceiverMeters.builder(follower.receiver())
                .health(health)
                .sources(this::sources)
                .ledger(() -> new LedgerSize(
                        follower.ledger().allocatedBytes(), follower.ledger().pairs()))
                .pushRefusals(surroundings.pushRefusals())
                .certificates(surroundings.certificates())
                .maxLogSeries(options.maxLogSeries())
                .build();
    }

    private List<SourceState> sources() {
        Map<String, Map<String, Long>> drops = surroundings.drops().get();
        return follower.sources().get().stream()
                .map(source -> state(source, drops.getOrDefault(source.address(), Map.of())))
                .toList();
    }

    private static SourceState state(SourceStatus source, Map<String, Long> drops) {
        return new SourceState(source.address(), source.canSend(), source.text(), source.reconnects(), drops);
    }

    private static Mono<Answer> answer(Health health, Call call) {
        return Mono.just(Answer.json(health.isOk() ? 200 : 503, HealthJson.of(health, call)));
    }

    /** The text is the same for all, so it is for those who may see all of it. */
    private Mono<Answer> scrape(Scrape scrape, Call call) {
        Optional<LogStatus> hidden = follower.receiver().status().logs().stream()
                .filter(log -> !call.maySee(log.log()))
                .findFirst();
        if (hidden.isPresent()) {
            return Mono.error(ProblemException.forbidden("the meters are of all logs, and "
                    + call.identity().name() + " may not read every one; give it read=* , see docs/security.md"));
        }
        return scrape.answer(call.header("Accept").orElse(""));
    }
}
