package io.walreceiver;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.ForwardingTransport;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A receiver in a process of its own, for {@link KillTest} to kill. It rolls files and makes checkpoints all the time, and writes down
 * what it acknowledges, where the process that is killed cannot lose it.
 *
 * <p>{@code java KilledReceiver SCHEMA TRANSPORT SEGMENTS DATA SAID}
 */
final class KilledReceiver {

    static final SignalSchema HISTORY = SignalSchema.of(
            SignalType.exponential(0, "touch", Duration.ofDays(7)),
            SignalType.exponential(1, "churn", Duration.ofDays(30)));

    private KilledReceiver() {}

    public static void main(String[] args) throws IOException {
        try (FileOutputStream said = new FileOutputStream(args[4], true)) {
            Transport transport = new Telling(transport(args[1], args[2]), said);
            SignalSchema schema = schema(args[0]);
            SegmentReceiver receiver = SegmentReceiver.create(
                    transport, InMemorySignalLedger.create(schema), schema, storage(Path.of(args[3])));
            Disposable checkpoints = Mono.defer(receiver::checkpoint)
                    .onErrorResume(notRunning -> Mono.empty())
                    .repeat()
                    .subscribeOn(Schedulers.newSingle("checkpoints", true))
                    .subscribe();
            receiver.receive().blockLast();
            checkpoints.dispose();
        }
    }

    static SignalSchema schema(String name) {
        return name.equals("history") ? HISTORY : Schemas.FOUR_TYPES;
    }

    static Storage storage(Path directory) {
        return DirectoryStorage.builder(directory).maxFileBytes(4_000).build();
    }

    private static Transport transport(String kind, String segments) throws IOException {
        return switch (kind) {
            case "directory" -> DirectoryTransport.of(Path.of(segments));
            case "leader" -> inProcess(segments);
            default -> Transport.of(Flux.never());
        };
    }

    /** Starts one, whose standard output goes to a file. */
    static Process start(String schema, String transport, Path segments, Path data, Path said, Path out)
            throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC", // these two: it starts in half the time
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledReceiver.class.getName(),
                        schema,
                        transport,
                        segments.toString(),
                        data.toString(),
                        said.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    /** Whether a process has got hold of a data directory. */
    static boolean uses(Path data, Process process) {
        try {
            return Files.readString(data.resolve("owner")).contains(String.valueOf(process.pid()));
        } catch (NoSuchFileException notYet) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Transport inProcess(String segments) throws IOException {
        InProcessLeader leader = InProcessLeader.create();
        Transport follower = leader.follower();
        Flux.fromIterable(SmallSegments.read(Path.of(segments)))
                .concatMap(leader::send)
                .doOnComplete(leader::complete)
                .subscribe();
        return follower;
    }

    /** Writes down the positions it starts from and what it is told. */
    private static final class Telling extends ForwardingTransport {

        private final FileOutputStream said;

        Telling(Transport transport, FileOutputStream said) {
            super(transport);
            this.said = said;
        }

        @Override
        public Flux<WalSegmentPayload> segments(Positions positions) {
            return super.segments(() -> {
                var read = positions.read();
                read.forEach((log, position) -> tell("starts", log, position));
                return read;
            });
        }

        @Override
        public void acknowledge(LogId log, long through) {
            tell("acknowledges", log, through);
            super.acknowledge(log, through);
        }

        private void tell(String what, LogId log, long position) {
            try {
                said.write((what + " " + log + " " + position + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
