package io.walreceiver.transport.netty.http;

import static org.awaitility.Awaitility.await;

import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.Disposable;

/** A receiver on a data directory that is pushed to over HTTP. */
final class Follower implements AutoCloseable {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final SignalSchema SCHEMA = SignalSchema.of(IntStream.range(0, 4)
            .mapToObj(type -> SignalType.permanent(type, "type" + type))
            .toList());

    final HttpPushTransport transport = HttpPushTransport.create();
    final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    final HttpListener server;
    private final SegmentReceiver receiver;
    private final Disposable run;

    /** @param port 0 for any */
    Follower(Path data, int port) {
        server = HttpListener.start(transport, "127.0.0.1", port).block(SOON);
        receiver = SegmentReceiver.create(transport, ledger, SCHEMA, Storage.directory(data));
        run = receiver.receive().doOnNext(transport::decided).subscribe();
    }

    int port() {
        return server.address().getPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** What it has replayed, in no order. */
    List<SignalReading> readings() {
        await().until(() -> receiver.status().phase() == ReceiverStatus.Phase.RUNNING); // it has recovered
        return readings(ledger);
    }

    /** What a follower that is given a directory of segments has replayed. */
    static List<SignalReading> readings(Transport source) {
        InMemorySignalLedger model = InMemorySignalLedger.create(SCHEMA);
        SegmentReceiver.create(source, model, SCHEMA).receive().blockLast(SOON);
        return readings(model);
    }

    private static List<SignalReading> readings(InMemorySignalLedger ledger) {
        List<SignalReading> readings = new ArrayList<>();
        ledger.forEach(1_800_000_000_000_000_000L, readings::add);
        return readings;
    }

    /** Stops without patience, as a kill would. */
    @Override
    public void close() {
        receiver.stop(Duration.ZERO).block(SOON);
        run.dispose();
        server.stop(Duration.ZERO).block(SOON);
    }
}
