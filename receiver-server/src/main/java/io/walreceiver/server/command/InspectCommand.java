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
import io.walreceiver.server.verify.FileCheck;
import io.walreceiver.server.verify.HeaderIdentity;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what is in a segment file. */
@Command(
        name = "inspect",
        sortOptions = false,
        description = {
            "Show what is in a segment file: its id, its batches, and with --events every event.",
            "",
            "A broken file is shown as far as it can be read; where no batch can be read, it says why and goes on at the"
                    + " next place that looks like one."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {"0:the segment is intact", "1:the segment is corrupt", Exit.USAGE_TEXT},
        footer = {
            "",
            "With --json one document: file, id, idFrom, bytes, events, verdict, fault, batches (index, offset, version,"
                    + " region, shard, firstSeq, events, batchTimeNanos, batchTime, checksum, follows, and with --events"
                    + " items), unreadable (index, offset, length, reason)."
        })
final class InspectCommand implements Callable<Integer> {

    private static final String BATCH_COLUMNS = "%5s  %10s  %3s  %9s  %20s  %6s  %-30s  %s%n";
    private static final String EVENT_COLUMNS = "  %20s  %20s  %4s  %13s  %s%n";

    private final Console console;

    @Parameters(paramLabel = "FILE", description = "A segment file.")
    private Path file = Path.of("");

    @Option(names = "--events", description = "Show every event.")
    private boolean events;

    @Mixin
    private CommonOptions common = new CommonOptions();

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        byte[] bytes = Files.readAllBytes(Arguments.file(file));
        Optional<WalSegmentId> named = FileCheck.of(file).id();
        Optional<WalSegmentId> id = named.or(() -> HeaderIdentity.of(bytes));
        List<SegmentPart> parts = SegmentScan.of(bytes, BatchHasher.bouncyCastle());
        Optional<String> fault = fault(id, bytes);
        Subject subject = new Subject(
                bytes.length,
                id,
                named.isPresent() ? "file name" : "headers",
                batches(parts),
                unreadable(parts),
                fault);
        if (common.json()) {
            Json.document(console, document(subject));
        } else {
            print(subject, parts);
        }
        return fault.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private static Optional<String> fault(Optional<WalSegmentId> id, byte[] bytes) {
        WalSegmentPayload payload =
                new WalSegmentPayload(id.orElse(new WalSegmentId(0, 0, 1)), bytes, SegmentDecoder.countEvents(bytes));
        VerificationResult result = new SegmentVerifier(BatchHasher.bouncyCastle()).verify(payload);
        return result instanceof Refused refused ? Optional.of(FaultText.of(id, refused.fault())) : Optional.empty();
    }

    private static List<Batch> batches(List<SegmentPart> parts) {
        return parts.stream()
                .filter(Batch.class::isInstance)
                .map(Batch.class::cast)
                .toList();
    }

    private static List<Unreadable> unreadable(List<SegmentPart> parts) {
        return parts.stream()
                .filter(Unreadable.class::isInstance)
                .map(Unreadable.class::cast)
                .toList();
    }

    private record Subject(
            int size,
            Optional<WalSegmentId> id,
            String idFrom,
            List<Batch> batches,
            List<Unreadable> unreadable,
            Optional<String> fault) {

        long eventCount() {
            return batches.stream().mapToLong(batch -> batch.events().count()).sum();
        }
    }

    private void print(Subject subject, List<SegmentPart> parts) {
        Paint paint = console.paint();
        line("file", file.toString());
        line(
                "segment",
                subject.id()
                        .map(id -> id + " by its " + subject.idFrom())
                        .orElse("unknown: neither name nor header says"));
        line("size", Figures.count(subject.size()) + " bytes");
        line("holds", Figures.counted(subject.eventCount(), "event") + " in " + batchesOf(subject) + range(subject));
        line(
                "verdict",
                subject.fault().map(fault -> paint.red("corrupt: " + fault)).orElse(paint.green("ok")));
        if (parts.isEmpty()) {
            return;
        }
        console.out().println();
        batchHeader();
        boolean eventsShown = false;
        for (SegmentPart part : parts) {
            if (eventsShown && part instanceof Batch) {
                console.out().println();
                batchHeader();
            }
            eventsShown = false;
            if (part instanceof Batch batch) {
                print(batch);
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

    private static String batchesOf(Subject subject) {
        int count = subject.batches().size();
        return Figures.count(count) + (count == 1 ? " batch" : " batches");
    }

    private static String range(Subject subject) {
        List<Batch> batches = subject.batches();
        return batches.isEmpty()
                ? ""
                : ", " + Long.toUnsignedString(batches.get(0).events().firstSeq()) + " to "
                        + Long.toUnsignedString(
                                batches.get(batches.size() - 1).events().lastSeq());
    }

    private void line(String what, String value) {
        console.out().println(console.paint().bold(String.format("%-8s", what)) + value);
    }

    private void batchHeader() {
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

    private void print(Batch batch) {
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
            printEvents(batch.events());
        }
    }

    private void printEvents(EventBatch batch) {
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

    private Document document(Subject subject) {
        return new Document(
                file.toString(),
                subject.id().map(WalSegmentId::toString),
                subject.idFrom(),
                subject.size(),
                subject.eventCount(),
                subject.fault().isEmpty() ? "ok" : "corrupt",
                subject.fault(),
                subject.batches().stream().map(this::batchJson).iterator(),
                subject.unreadable());
    }

    private BatchJson batchJson(Batch batch) {
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

    private record Document(
            String file,
            Optional<String> id,
            String idFrom,
            int bytes,
            long events,
            String verdict,
            Optional<String> fault,
            Iterator<BatchJson> batches,
            List<Unreadable> unreadable) {}

    private record BatchJson(
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

    private record EventJson(
            BigInteger seq, String entity, int type, float weight, BigInteger timeNanos, String time) {}
}
