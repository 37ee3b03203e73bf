package io.walreceiver.storage;

import io.walreceiver.format.LogId;
import io.walreceiver.schema.StoredSchema;
import java.io.IOException;
import java.util.Set;

/** A storage in use by one receiver. Methods block unless they say otherwise. */
public interface OpenStorage {

    /** The schema and policy under which what is stored was applied, and must be recovered. Does not block. */
    StoredSchema stored();

    /** The logs of which something is stored. Does not block. */
    Set<LogId> logs();

    /** The store of a log, which may be new. Does not block. Any thread; once per log. */
    LogStore log(LogId log);

    /**
     * Makes another schema the stored one. Every log must have a checkpoint at its position by then, since what lies before it was
     * applied under the old one.
     */
    void adopt(StoredSchema schema) throws IOException;

    /** Writes down what is durable by now, if that has changed. Called now and then, from one thread at a time. */
    void remember();

    /**
     * Ends the use: another process may open it. The stores of all logs are closed by then.
     *
     * @param clean whether everything that was written is durable
     */
    void close(boolean clean);
}
