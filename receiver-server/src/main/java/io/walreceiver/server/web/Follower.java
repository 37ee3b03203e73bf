package io.walreceiver.server.web;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.schemafile.EntityNames;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/**
 * The follower that the routes are about.
 *
 * @param node what it calls itself
 * @param data its data directory
 * @param schema its signal types
 * @param names of entities, where they are known
 * @param receiver what follows; it may be recovering, and it may have ended
 * @param ledger what is read; while the receiver recovers it holds a part of what it will
 * @param sources how each source stands now
 * @param clock what time it is for reads that name none
 */
public record Follower(
        String node,
        Path data,
        SignalSchema schema,
        EntityNames names,
        SegmentReceiver receiver,
        InMemorySignalLedger ledger,
        Supplier<List<SourceStatus>> sources,
        Clock clock) {}
