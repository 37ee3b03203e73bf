package io.walreceiver.examples.postgres;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.transport.directory.DirectoryTransport;
import java.nio.file.Path;

/** A process to be killed: replays a directory, and prints a line for each segment. */
final class ReplayingChild {

    private ReplayingChild() {}

    public static void main(String[] arguments) {
        PostgresLedger ledger =
                PostgresLedger.connect(arguments[0], Model.SCHEMA, "child").block();
        SegmentReceiver.create(DirectoryTransport.of(Path.of(arguments[1])), ledger, Model.SCHEMA)
                .receive()
                .doOnNext(outcome -> System.out.println(outcome))
                .blockLast();
        ledger.close().block();
        System.out.println("end");
    }
}
