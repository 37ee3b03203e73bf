package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** The application in a process of its own, which is killed, and then asked to stop. {@code -Dtrending.seed=S} repeats. */
class TrendingProcessTest {

    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final int SIGTERM_EXIT = 128 + 15;

    @TempDir
    Path archive;

    @TempDir
    Path directory;

    private Leader leader;
    private Path data;
    private int runs;

    @BeforeEach
    void lead() throws IOException {
        data = directory.resolve("data");
        leader = Leader.start(archive);
    }

    @AfterEach
    void leave() {
        leader.close();
    }

    @Test
    void killedItResumesAndAskedToStopItLeavesEverythingDurable() throws Exception {
        long seed = Long.getLong("trending.seed", System.nanoTime());
        System.out.println("trending: seed " + seed + ", repeat with -Dtrending.seed=" + seed);
        Random random = new Random(seed);
        killedSomewhere(random);
        Process second = start();
        try {
            askedToStopWithAStreamOpen(second);
        } finally {
            second.destroyForcibly();
        }
        assertThat(StoredData.in(data).stoppedInOrder()).isTrue();
        assertThat(replayed()).isEqualTo(leader.events());
    }

    private void killedSomewhere(Random random) throws Exception {
        leader.write(1 + random.nextInt(4));
        Process first = start();
        try {
            Client client = client();
            client.awaitApplied(applied -> applied > 0);
            leader.write(1 + random.nextInt(4)); // they are on their way when it is killed
        } finally {
            first.destroyForcibly().waitFor();
        }
    }

    private void askedToStopWithAStreamOpen(Process process) throws Exception {
        Client client = client();
        leader.writeAll();
        client.awaitApplied(leader.events());
        new Model(leader.written()).assertAgrees(client.trend());
        assertThat(said()).containsPattern("recovered [1-4] logs? from [1-9]");

        HttpResponse<Stream<String>> live = client.live();
        process.destroy();
        assertThat(live.body()).as("the stream ends, and is not cut off").isNotEmpty();
        assertThat(process.waitFor(Client.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
        assertThat(said()).contains("Graceful shutdown complete").doesNotContain(" ERROR ", " WARN ");
    }

    /** What lies in the data directory, without a leader. */
    private long replayed() throws IOException {
        StoredData stored = StoredData.in(data);
        InMemorySignalLedger ledger =
                InMemorySignalLedger.create(stored.schema().schema());
        SegmentReceiver receiver = SegmentReceiver.create(
                Transport.of(Flux.empty()), ledger, stored.schema().schema(), stored.readOnly(finding -> {}));
        receiver.receive().blockLast(Client.LONG);
        List<Long> counts = new ArrayList<>();
        ledger.forEach(ledger.newestEventNanos(), reading -> counts.add(reading.allTime()));
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC", // these two: it starts in half the time
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TrendingApplication.class.getName()));
        command.addAll(List.of(Application.arguments(leader.address(), data)));
        runs++;
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out().toFile())
                .start();
    }

    private Path out() {
        return directory.resolve("out-" + runs);
    }

    private String said() throws IOException {
        return Files.readString(out());
    }

    private Client client() {
        Matcher port = await().atMost(Client.LONG).until(() -> PORT.matcher(said()), Matcher::find);
        return new Client(Integer.parseInt(port.group(1)));
    }
}
