package io.walreceiver.server.web.admin;

import io.walreceiver.server.admin.AuditEntry;
import io.walreceiver.server.admin.AuditLog;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.RequestOrigin;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Has an operator's action carried out: by somebody who may, from nowhere else than where he sits, with a line in the audit before
 * anything is changed and another before it is answered. What cannot be audited is not done. Any thread.
 */
final class Audited {

    private static final Logger LOG = LoggerFactory.getLogger(Audited.class);

    /** Refusals come as often as a peer likes, and the audit is bounded: they must not wash out what was done. */
    private static final long NANOS_BETWEEN_REFUSALS = 1_000_000_000;

    private final AuditLog audit;
    private final RequestOrigin origin;
    private final Clock clock;
    private final Gate gate;
    private final AtomicLong nextRefusal = new AtomicLong(System.nanoTime());
    private final AtomicLong refusalsLeftOut = new AtomicLong();

    Audited(AuditLog audit, RequestOrigin origin, Clock clock, int maxActions) {
        this.audit = audit;
        this.origin = origin;
        this.clock = clock;
        this.gate = new Gate("actions", maxActions);
    }

    /**
     * Has it carried out. Once it has begun it goes on to its end, also if the peer goes away.
     *
     * @param about what is known of it before its content is read, for the audit
     * @param task reads the request; not called for somebody who may not
     * @return fails with {@link ProblemException}
     */
    Mono<Answer> act(Call call, String action, Map<String, ?> about, Supplier<Mono<Task>> task) {
        String who = call.identity().name();
        String from = call.remote();
        return Mono.defer(() -> {
                    requireAllowed(call);
                    return task.get().map(wanted -> begin(who, from, action, wanted));
                })
                .onErrorResume(
                        ProblemException.class,
                        problem -> refuse(who, from, action, about, problem).then(Mono.error(problem)))
                .flatMap(begun -> Mono.fromFuture(() -> gate.enter(begun).toFuture(), true));
    }

    private void requireAllowed(Call call) {
        if (!call.method().equals("GET")) {
            origin.requireOwnPage(call);
            if (call.method().equals("POST")) {
                origin.requireJson(call);
            }
        }
        call.requireAdmin();
    }

    private Mono<Answer> begin(String who, String from, String action, Task task) {
        return Mono.defer(() -> {
            AuditEntry begun = AuditEntry.begins(now(), who, from, action, task.parameters());
            return write(begun)
                    .onErrorMap(Problems::notAudited)
                    .then(task.work()
                            .subscribeOn(Schedulers.boundedElastic())
                            .map(answer -> new Ended(begun.ends(now(), AuditEntry.DONE, null), Mono.just(answer)))
                            .onErrorResume(failure -> Mono.just(failed(begun, failure))))
                    .flatMap(ended -> write(ended.entry())
                            .onErrorMap(failure ->
                                    Problems.unknownAuditState(ended.entry().outcome(), failure))
                            .then(ended.answer()));
        });
    }

    private record Ended(AuditEntry entry, Mono<Answer> answer) {}

    private Ended failed(AuditEntry begun, Throwable failure) {
        if (!Problems.isAnswer(failure)) {
            LOG.warn("{} could not be done", begun.action(), failure);
        }
        return new Ended(
                begun.ends(now(), AuditEntry.FAILED, Problems.text(failure)), Mono.error(Problems.of(failure)));
    }

    /** One that cannot be audited stays a refusal. */
    private Mono<Void> refuse(String who, String from, String action, Map<String, ?> about, ProblemException problem) {
        long now = System.nanoTime();
        long due = nextRefusal.get();
        if (now - due < 0 || !nextRefusal.compareAndSet(due, now + NANOS_BETWEEN_REFUSALS)) {
            refusalsLeftOut.incrementAndGet();
            return Mono.empty();
        }
        long leftOut = refusalsLeftOut.getAndSet(0);
        String detail = Problems.text(problem)
                + (leftOut == 0 ? "" : " (and " + leftOut + " refusals before that are not written)");
        return write(AuditEntry.begins(now(), who, from, action, about).ends(now(), AuditEntry.REFUSED, detail))
                .doOnError(failure -> LOG.error("the refusal of {} to {} could not be audited", action, who, failure))
                .onErrorComplete();
    }

    private Mono<Void> write(AuditEntry entry) {
        return Mono.<Void>fromCallable(() -> {
                    audit.write(entry);
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private Instant now() {
        return clock.instant();
    }
}
