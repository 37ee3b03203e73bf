package io.walreceiver.server.web.admin;

import io.walreceiver.schema.SchemaDiff;
import io.walreceiver.schema.SchemaDiff.Change;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.server.input.InvalidFileException;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Call;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.storage.StoredData;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The stored schema, and whether another could take its place. */
final class SchemaActions {

    /** A schema of a MiB, each of its characters escaped by one more. */
    private static final int MAX_BYTES = 2 << 20;

    private static final String STOP =
            "a server keeps the schema that it started with: stop it, run receiver schema apply"
                    + " DATA --schema FILE, and start it again";

    private final Follower follower;

    SchemaActions(Follower follower) {
        this.follower = follower;
    }

    /** A text in the form of a schema file, YAML or JSON. */
    record Wanted(@Nullable String schema) {}

    private record Signal(int type, String name, @Nullable Long halfLifeMillis) {}

    private record Stored(List<Signal> signals, String invalidEvents, long maxEventLeadMillis) {}

    private record Verdict(boolean same, boolean compatible, List<Change> changes, String next) {}

    Mono<Task> show() {
        return Mono.just(new Task(Map.of(), Mono.fromCallable(() -> Answer.json(of(stored())))));
    }

    Mono<Task> check(Call call) {
        return call.body(Wanted.class, MAX_BYTES).map(wanted -> {
            String text = wanted.schema();
            if (text == null || text.isBlank()) {
                throw ProblemException.badRequest("schema: expected the text of a schema file, found none");
            }
            return new Task(
                    Map.of("characters", text.length()), Mono.fromCallable(() -> Answer.json(verdict(parse(text)))));
        });
    }

    private static SignalSchema parse(String text) {
        try {
            return SchemaFile.parse(text.stripLeading().startsWith("{") ? "schema.json" : "schema.yaml", text);
        } catch (InvalidFileException e) {
            throw ProblemException.badRequest("schema: " + e.mistakes().size() + " mistakes; correct them")
                    .with(
                            "mistakes",
                            e.mistakes().stream().map(Object::toString).toList());
        }
    }

    private Verdict verdict(SignalSchema wanted) {
        StoredSchema stored = stored();
        SchemaDiff diff =
                SchemaDiff.between(stored, new StoredSchema(wanted, stored.invalidEvents(), stored.maxEventLead()));
        String next = diff.same()
                ? "nothing: it is the stored schema"
                : diff.compatible() ? STOP : "do what each change that is not compatible says";
        return new Verdict(diff.same(), diff.compatible(), diff.changes(), next);
    }

    private static Stored of(StoredSchema stored) {
        List<Signal> signals = stored.schema().types().stream()
                .map(type -> new Signal(
                        type.index(),
                        type.name(),
                        type.halfLife().map(Duration::toMillis).orElse(null)))
                .toList();
        return new Stored(
                signals,
                stored.invalidEvents().name().toLowerCase(Locale.ROOT),
                stored.maxEventLead().toMillis());
    }

    private StoredSchema stored() {
        return StoredData.in(follower.data()).schema();
    }
}
