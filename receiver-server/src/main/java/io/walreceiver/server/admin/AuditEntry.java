package io.walreceiver.server.admin;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line of the audit. An action that is carried out has two: {@code begun} before anything is changed, then {@code done} or {@code
 * failed}; one that is not has one, {@code refused}.
 *
 * @param id the same on both lines of an action
 * @param at when, as of RFC 3339
 * @param who the name of an identity, or of the user of this machine who ran a command
 * @param from the peer's address, or {@code command line}
 * @param action a word or two: skip, checkpoint ...
 * @param parameters what it was about; texts are cut to {@value #MAX_TEXT} characters
 * @param outcome begun, done, failed or refused
 * @param detail what came of it, cut as parameters are; null while there is nothing to say
 */
public record AuditEntry(
        String id,
        String at,
        String who,
        String from,
        String action,
        Map<String, Object> parameters,
        String outcome,
        @Nullable String detail) {

    /** Characters that a text may have. */
    public static final int MAX_TEXT = 1_000;

    /** What a line says that is the first of its action. */
    public static final String BEGUN = "begun";

    /** What a line says of an action that was carried out. */
    public static final String DONE = "done";

    /** What a line says of an action that was tried. */
    public static final String FAILED = "failed";

    /** What a line says of an action that was not tried. */
    public static final String REFUSED = "refused";

    public AuditEntry {
        who = cut(who);
        from = cut(from);
        detail = detail == null ? null : cut(detail);
        Map<String, Object> copy = new LinkedHashMap<>();
        parameters.forEach((name, value) -> copy.put(cut(name), value instanceof Number ? value : cut("" + value)));
        parameters = Collections.unmodifiableMap(copy);
    }

    /** An action is about to be carried out. */
    public static AuditEntry begins(Instant at, String who, String from, String action, Map<String, ?> parameters) {
        return new AuditEntry(
                UUID.randomUUID().toString(), at.toString(), who, from, action, Map.copyOf(parameters), BEGUN, null);
    }

    /** What came of it. */
    public AuditEntry ends(Instant at, String outcome, @Nullable String detail) {
        return new AuditEntry(id, at.toString(), who, from, action, parameters, outcome, detail);
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }
}
