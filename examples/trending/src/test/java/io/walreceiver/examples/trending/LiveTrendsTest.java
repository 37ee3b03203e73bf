package io.walreceiver.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that end, and streams that nobody reads. */
class LiveTrendsTest {

    @TempDir
    Path directory;

    @Test
    void streamsEndWithTheApplication() {
        Application application = Application.start(Application.NOBODY, directory);
        Iterator<String> lines = application.client.live().body().iterator();
        assertThat(lines.next()).startsWith("data:{");
        application.close();

        assertThat(lines).toIterable().allMatch(line -> line.isEmpty() || line.startsWith("data:{"));
    }

    @Test
    void aSlowReaderGetsTheNewestAndNotWhatPiledUp() throws IOException {
        Path archive = Files.createDirectory(directory.resolve("leader"));
        try (Leader leader = Leader.start(archive);
                Application application = Application.start(
                        leader.address(), directory.resolve("data"), "--trending.every=2ms", "--trending.size=200");
                Socket slow = new Socket()) {
            leader.write(4);
            application.client.awaitApplied(leader.events());
            slow.setReceiveBufferSize(4 << 10);
            slow.connect(application.client.socket());
            slow.getOutputStream().write("GET /live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            pump(application, 8_000_000);
            leader.writeAll();
            application.client.awaitApplied(leader.events());

            assertThat(bytesUntil(slow, "\"appliedEvents\":" + leader.events())).isLessThan(2_000_000);
        }
    }

    /** Lets so many bytes of moments go by, as another one reads them. */
    private static void pump(Application application, long wanted) {
        long bytes = 0;
        try (Stream<String> lines = application.client.live().body()) {
            for (Iterator<String> each = lines.iterator(); bytes < wanted; ) {
                bytes += each.next().length();
            }
        }
    }

    private static int bytesUntil(Socket socket, String wanted) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        StringBuilder tail = new StringBuilder();
        int bytes = 0;
        while (tail.indexOf(wanted) < 0) {
            int read = in.read(buffer);
            assertThat(read).as("the stream goes on").isPositive();
            bytes += read;
            tail.delete(0, Math.max(0, tail.length() - wanted.length()))
                    .append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        return bytes;
    }
}
