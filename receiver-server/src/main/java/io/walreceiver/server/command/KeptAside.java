package io.walreceiver.server.command;

import io.walreceiver.format.LogId;
import io.walreceiver.storage.StoredData;
import io.walreceiver.storage.StoredLog;
import io.walreceiver.storage.quarantine.KeptSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A refused segment that an argument names.
 *
 * @param log where it is kept
 * @param kept the segment
 */
record KeptAside(StoredLog log, KeptSegment kept) {

    /**
     * Those of a name; that of several logs, if the same segment came under several ids.
     *
     * @param only the log to look in; null for all
     * @param name a name, or the start of one
     */
    static KeptAside named(StoredData stored, @Nullable LogId only, String name) throws IOException {
        Collection<LogId> logs = only == null ? stored.logs() : List.of(Arguments.log(stored, only).log());
        List<KeptAside> found = new ArrayList<>();
        for (LogId log : logs) {
            StoredLog one = stored.log(log);
            one.keptAside().kept().stream()
                    .filter(kept -> kept.name().startsWith(name))
                    .forEach(kept -> found.add(new KeptAside(one, kept)));
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        throw CommandFailure.usage(
                found.isEmpty()
                        ? "nothing of the name " + name + " is kept aside"
                        : found.size() + " segments have names that begin with " + name,
                Shell.command("receiver quarantine ls "
                                + Shell.quote(stored.directory().toString()))
                        + " shows all of them; --log says which log");
    }
}
