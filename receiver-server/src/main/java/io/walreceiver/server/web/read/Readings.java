package io.walreceiver.server.web.read;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.ProblemException;
import io.walreceiver.server.web.read.Parameters.NotSoException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What reads of the ledger have in common: signals by name, names of entities, and the instant that is asked for. */
record Readings(Follower follower) {

    /** The instant that a request asks for; most of its readings are of it, so its text is made once. */
    record AskedAsOf(long nanos, String text) {

        static AskedAsOf of(long nanos) {
            return new AskedAsOf(nanos, Values.instant(nanos));
        }

        String text(long asOfNanos) {
            return asOfNanos == nanos ? text : Values.instant(asOfNanos);
        }
    }

    AskedAsOf asked(Parameters parameters) {
        Optional<Long> given = parameters.one("asOf", text -> Optional.of(Values.instant(text)));
        return AskedAsOf.of(given.orElseGet(() -> Values.nanos(follower.clock().instant())));
    }

    SignalReading read(long entityId, SignalType signal, AskedAsOf asked) {
        return follower.ledger().read(entityId, signal.index(), asked.nanos());
    }

    ReadingJson json(long entityId, SignalType signal, AskedAsOf asked) {
        return ReadingJson.of(signal.name(), read(entityId, signal, asked), asked);
    }

    @Nullable
    String name(long entityId) {
        return follower.names().name(entityId).orElse(null);
    }

    /** A signal that a path names, looked up when the rest of the request is known to be right. */
    SignalType signalAt(String text) {
        return find(text).orElseThrow(() -> ProblemException.notFound(unknown(text)));
    }

    /** A signal that a body names. */
    SignalType signal(String text) {
        return find(text).orElseThrow(() -> new NotSoException("the name or number of a signal: " + known()));
    }

    /** By name; else by number. */
    private Optional<SignalType> find(String text) {
        return follower.schema()
                .named(text)
                .or(() -> text.matches("\\d{1,3}") ? follower.schema().type(Integer.parseInt(text)) : Optional.empty());
    }

    private String unknown(String text) {
        return "there is no signal \"" + PlainText.word(text) + "\"; expected the name or number of one: " + known();
    }

    private String known() {
        String more = follower.schema().types().size() > 20 ? " ...; GET /v1/signals lists them" : "";
        return follower.schema().types().stream()
                .limit(20)
                .map(type -> PlainText.word(type.name()) + " (" + type.index() + ")")
                .collect(Collectors.joining(", ", "", more));
    }
}
