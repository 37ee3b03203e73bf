package io.walreceiver.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.storage.DirectoryStorage;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The recipe for a backup in {@code docs/cli.md}, as it stands there, while a receiver replays, checkpoints and prunes. */
@DisabledOnOs(OS.WINDOWS) // a shell script
class BackupTest extends DataFixture {

    private static final int MOST_BACKUPS = 30;

    @Test
    void copyOfADirectoryInUseIsAPrefixThatGoesOn() throws Exception {
        SignalSchema types = SchemaFile.load(schema).schema();
        SegmentReceiver[] receiver = new SegmentReceiver[1];
        receiver[0] = SegmentReceiver.create(
                Transport.of(
                        Flux.fromIterable(smallSegments()).delayUntil(segment -> Mono.defer(receiver[0]::checkpoint))),
                InMemorySignalLedger.create(types),
                types,
                DirectoryStorage.builder(data).maxFileBytes(10_000).build());
        CompletableFuture<Void> running = receiver[0].receive().then().toFuture();

        List<Path> copies = new ArrayList<>();
        do {
            copies.add(backup(directory.resolve("copy-" + copies.size())));
            if (StoredData.find(data).isPresent()) {
                assertReadable();
            }
        } while (!running.isDone() && copies.size() < MOST_BACKUPS);
        running.get();

        assertThat(copies.size()).as("backups while it ran").isGreaterThan(1);
        String expected = expectedExport();
        for (Path copy : copies) {
            if (StoredData.find(copy).isEmpty()) {
                continue; // taken before there was anything
            }
            assertThat(names(copy)).containsExactly("logs", "receiver-data");
            Run diff = Run.of("diff", copy, data);
            assertThat(diff.exit()).as(copy + ": " + diff).isNotEqualTo(Exit.DIFFERENT);
            Run replay = Run.of("replay", GENERATED, "--data", copy, "--schema", schema);
            assertThat(replay.exit()).as(copy + ": " + replay).isEqualTo(Exit.OK);
            assertThat(replay.err()).as("findings").isEmpty();
            assertThat(export(copy)).isEqualTo(expected);
        }
        Run last = Run.of("replay", GENERATED, "--data", backup(directory.resolve("last")));
        assertThat(last.out()).contains("applied 0 events", "27,687 were there already");
    }

    /** Whatever is written and dropped there meanwhile. */
    private void assertReadable() {
        Run status = Run.of("status", data);
        assertThat(status.exit()).as(status.toString()).isEqualTo(Exit.OK);
        Run export = Run.of("export", data, "--out", directory.resolve("meanwhile.csv"));
        assertThat(export.exit()).as(export.toString()).isEqualTo(Exit.OK);
    }

    /** One for each batch: a checkpoint after each of them. */
    private static List<WalSegmentPayload> smallSegments() throws IOException {
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (String name : names(GENERATED)) {
            byte[] bytes = Files.readAllBytes(GENERATED.resolve(name));
            WalSegmentId id = WalSegmentId.ofFileName(name).orElseThrow();
            int[] offsets = SegmentDecoder.batchOffsets(bytes);
            long seq = id.seqno();
            for (int i = 0; i + 1 < offsets.length; i++) {
                byte[] batch = Arrays.copyOfRange(bytes, offsets[i], offsets[i + 1]);
                long events = SegmentDecoder.countEvents(batch);
                segments.add(new WalSegmentPayload(new WalSegmentId(id.log(), seq), batch, events));
                seq += events;
            }
        }
        return segments;
    }

    private Path backup(Path copy) throws Exception {
        Path script = Files.writeString(directory.resolve("backup.sh"), recipe());
        boolean thereBefore = Files.exists(data.resolve("receiver-data"));
        Process shell = new ProcessBuilder("sh", script.toString(), data.toString(), copy.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes());
        int exit = shell.waitFor();
        if (thereBefore) { // else it may come between two steps of the script
            assertThat(exit).as(output).isZero();
        }
        return copy;
    }

    private static String recipe() throws IOException {
        Path docs = Run.VECTORS.resolve("../docs/cli.md");
        Matcher snippet =
                Pattern.compile("```sh\n(# backup\\.sh .*?)```", Pattern.DOTALL).matcher(Files.readString(docs));
        assertThat(snippet.find()).as("the recipe in " + docs).isTrue();
        return snippet.group(1);
    }
}
