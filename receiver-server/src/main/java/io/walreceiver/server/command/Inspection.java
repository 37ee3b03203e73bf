package io.walreceiver.server.command;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.format.EventBatch;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.console.Console;
import io.walreceiver.server.console.Figures;
import io.walreceiver.server.console.Paint;
import io.walreceiver.server.inspect.SegmentPart;
import io.walreceiver.server.inspect.SegmentPart.Batch;
import io.walreceiver.server.inspect.SegmentPart.Unreadable;
import io.walreceiver.server.inspect.SegmentScan;
import io.walreceiver.server.verify.FaultText;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What there is in the bytes of a segment.
 *
 * @param name where they are
 * @param size how many there are
 * @param id which segment it is, where that is known
 * @param idFrom what says so
 * @param parts batches and what is none, in order
 * @param fault why it is not intact; empty if it is
 */
record Inspection(
        String name,
        int size,
        Optional<WalSegmentId> id,
        String idFrom,
        List<SegmentPart> parts,
        Optional<String> fault) {

    private static final String BATCH_COLUMNS = "%5s  %10s  %3s  %9s  %20s  %6s  %-30s  %s%n";
    private static final String EVENT_COLUMNS = "  %20s  %20s  %4s  %13s  %s%n";

    /** Looks at bytes. */
    static Inspection of(String name, Optional<WalSegmentId> id, String idFrom, byte[] bytes) {
        return new Inspection(
                name, bytes.length, id, idFrom, SegmentScan.of(bytes, BatchHasher.bouncyCastle()), fault(id, bytes));
    }

    private static Optional<String> fault(Optional<WalSegmentId> id, byte[] bytes) {
        WalSegmentPayload payload =
                new WalSegmentPayload(id.orElse(new WalSegmentId(0, 0, 1)), bytes, SegmentDecoder.countEvents(bytes));
        VerificationResult result = new SegmentVerifier(BatchHasher.bouncyCastle()).verify(payload);
        return result instanceof Refused refused ? Optional.of(FaultText.of(id, refused.fault())) : Optional.empty();
    }

    private List<Batch> batches() {
        return parts.stream()
                .filter(Batch.class::isInstance)
                .map(Batch.class::cast)
                .toList();
    }

    private List<Unreadable> unreadable() {
        return parts.stream()
                .filter(Unreadable.class::isInstance)
                .map(Unreadable.class::cast)
                .toList();
    }

    private long eventCount() {
        return batches().stream().mapToLong(batch -> batch.events().count()).sum();
    }

    /** Prints it for people. */
    void print(Console console, boolean events) {
        Paint paint = console.paint();
        line(console, "file", name);
        line(
                console,
                "segment",
                id().map(id -> id + " by its " + idFrom()).orElse("unknown: neither name nor header says"));
        line(console, "size", Figures.count(size()) + " bytes");
        line(console, "holds", Figures.counted(eventCount(), "event") + " in " + batchesOf() + range());
        line(
                console,
                "verdict",
                fault().map(fault -> paint.red("corrupt: " + fault)).orElse(paint.green("ok")));
        if (parts.isEmpty()) {
            return;
        }
        console.out().println();
        batchHeader(console);
        boolean eventsShown = false;
        for (SegmentPart part : parts) {
            if (eventsShown && part instanceof Batch) {
                console.out().println();
                batchHeader(console);
            }
            eventsShown = false;
            if (part instanceof Batch batch) {
                print(console, batch, events);
                eventsShown = events;
            } else if (part instanceof Unreadable unreadable) {
                console.out()
                        .println(paint.red(
                                String.format("%5d", unreadable.index()) + "  bytes " + unreadable.offset() + ".."
                                        + (unreadable.offset() + unreadable.length() - 1) + " are no batch: "
                                        + unreadable.reason()));
            }
        }
    }

    private String batchesOf() {
        int count = batches().size();
        return Figures.count(count) + (count == 1 ? " batch" : " batches");
    }

    private String range() {
        List<Batch> batches = batches();
        return batches.isEmpty()
                ? ""
                : ", " + Long.toUnsignedString(batches.get(0).events().firstSeq()) + " to "
                        + Long.toUnsignedString(
                                batches.get(batches.size() - 1).events().lastSeq());
    }

    private static void line(Console console, String what, String value) {
        console.out().println(console.paint().bold(String.format("%-8s", what)) + value);
    }

    private static void batchHeader(Console console) {
        console.out()
                .print(console.paint()
                        .dim(String.format(
                                BATCH_COLUMNS,
                                "batch",
                                "at byte",
                                "ver",
                                "log",
                                "first event",
                                "events",
                                "batch time",
                                "checksum")));
    }

    private static void print(Console console, Batch batch, boolean events) {
        Paint paint = console.paint();
        String checksum = batch.checksumOk() ? paint.green("ok") : paint.red("WRONG");
        String hole = batch.follows() ? "" : paint.red("  does not follow the batch before");
        console.out()
                .printf(
                        BATCH_COLUMNS,
                        batch.index(),
                        batch.offset(),
                        batch.version(),
                        batch.version() == 1 ? "-" : batch.region() + ":" + batch.shard(),
                        Long.toUnsignedString(batch.events().firstSeq()),
                        batch.events().count(),
                        Figures.instant(batch.events().batchTimestampNanos()),
                        checksum + hole);
        if (events) {
            printEvents(console, batch.events());
        }
    }

    private static void printEvents(Console console, EventBatch batch) {
        console.out()
                .print(console.paint()
                        .dim(String.format(EVENT_COLUMNS, "event", "entity", "type", "weight", "event time")));
        for (int i = 0; i < batch.count(); i++) {
            console.out()
                    .printf(
                            EVENT_COLUMNS,
                            Long.toUnsignedString(batch.firstSeq() + i),
                            Long.toUnsignedString(batch.entityId(i)),
                            batch.signalType(i),
                            batch.weight(i),
                            Figures.instant(batch.timestampNanos(i)));
        }
    }

    /** As one document. */
    Document json(boolean events) {
        return new Document(
                name,
                id().map(WalSegmentId::toString),
                idFrom(),
                size(),
                eventCount(),
                fault().isEmpty() ? "ok" : "corrupt",
                fault(),
                batches().stream().map(batch -> batchJson(batch, events)).iterator(),
                unreadable());
    }

    private static BatchJson batchJson(Batch batch, boolean events) {
        EventBatch view = batch.events();
        return new BatchJson(
                batch.index(),
                batch.offset(),
                batch.version(),
                batch.version() == 1 ? Optional.empty() : Optional.of(batch.region()),
                batch.version() == 1 ? Optional.empty() : Optional.of(batch.shard()),
                unsigned(view.firstSeq()),
                view.count(),
                unsigned(view.batchTimestampNanos()),
                Figures.instant(view.batchTimestampNanos()),
                batch.checksumOk() ? "ok" : "wrong",
                batch.follows(),
                events ? Optional.of(eventJson(view)) : Optional.empty());
    }

    /** An iterator, so that the events of a large segment are never objects all at once. */
    private static Iterator<EventJson> eventJson(EventBatch view) {
        return IntStream.range(0, view.count())
                .mapToObj(i -> new EventJson(
                        unsigned(view.firstSeq() + i),
                        Long.toUnsignedString(view.entityId(i)),
                        view.signalType(i),
                        view.weight(i),
                        unsigned(view.timestampNanos(i)),
                        Figures.instant(view.timestampNanos(i))))
                .iterator();
    }

    private static BigInteger unsigned(long number) {
        return new BigInteger(Long.toUnsignedString(number));
    }

    record Document(
            String file,
            Optional<String> id,
            String idFrom,
            int bytes,
            long events,
            String verdict,
            Optional<String> fault,
            Iterator<BatchJson> batches,
            List<Unreadable> unreadable) {}

    record BatchJson(
            int index,
            int offset,
            int version,
            Optional<Integer> region,
            Optional<Integer> shard,
            BigInteger firstSeq,
            int events,
            BigInteger batchTimeNanos,
            String batchTime,
            String checksum,
            boolean follows,
            Optional<Iterator<EventJson>> items) {}

    record EventJson(BigInteger seq, String entity, int type, float weight, BigInteger timeNanos, String time) {}
}
