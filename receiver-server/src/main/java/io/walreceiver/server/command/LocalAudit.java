package io.walreceiver.server.command;

import io.walreceiver.server.admin.AuditEntry;
import io.walreceiver.server.admin.AuditLog;
import io.walreceiver.storage.StoredData;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The audit of what commands change in a data directory themselves. While its lock is held. */
final class LocalAudit {

    private final AuditLog audit;

    LocalAudit(StoredData data) {
        this.audit = new AuditLog(data.directory());
    }

    /** Something that may fail. */
    interface Change<T> {
        T make() throws IOException;
    }

    /** Makes a change between its two lines; without the first it is not made. */
    <T> T around(String action, Map<String, ?> parameters, Change<T> change) throws IOException {
        AuditEntry begun = begin(action, parameters);
        T made;
        try {
            made = change.make();
        } catch (IOException | RuntimeException e) {
            audit.write(begun.ends(Instant.now(), AuditEntry.FAILED, e.getMessage()));
            throw e;
        }
        audit.write(begun.ends(Instant.now(), AuditEntry.DONE, null));
        return made;
    }

    /** The same of a change that takes its time. */
    Mono<Void> around(String action, Map<String, ?> parameters, Mono<Void> change) {
        return Mono.fromCallable(() -> begin(action, parameters))
                .flatMap(begun -> change.onErrorResume(e ->
                                end(begun, AuditEntry.FAILED, e.getMessage()).then(Mono.error(e)))
                        .then(end(begun, AuditEntry.DONE, null)))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Something that was changed as the lock was taken. */
    Mono<Void> done(String action, Map<String, ?> parameters) {
        return end(entry(action, parameters), AuditEntry.DONE, null);
    }

    private AuditEntry begin(String action, Map<String, ?> parameters) throws IOException {
        AuditEntry begun = entry(action, parameters);
        audit.write(begun);
        return begun;
    }

    private static AuditEntry entry(String action, Map<String, ?> parameters) {
        return AuditEntry.begins(
                Instant.now(), System.getProperty("user.name", "unknown"), "command line", action, parameters);
    }

    private Mono<Void> end(AuditEntry begun, String outcome, @Nullable String detail) {
        return Mono.<Void>fromCallable(() -> {
                    audit.write(begun.ends(Instant.now(), outcome, detail));
                    return null;
                })
                .subscribeOn(Schedulers.boundedElastic());
    }
}
