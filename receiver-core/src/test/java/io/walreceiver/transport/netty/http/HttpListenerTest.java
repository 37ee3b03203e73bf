package io.walreceiver.transport.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;

class HttpListenerTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final HttpPushTransport transport = HttpPushTransport.builder().build();

    @Test
    void aStartThatIsCancelledBeforeItEmitsGivesAddressAndThreadsBack() throws IOException {
        long threads = threads();
        int cancelled = 0;
        for (int i = 0; i < 20; i++) {
            int port = freePort();
            Starting starting = new Starting(false);
            HttpListener.start(transport, "localhost", port).subscribe(starting);
            starting.cancel();
            await().atMost(LONG).until(() -> starting.started != null || isFree(port));
            if (starting.started == null) {
                cancelled++;
            } else { // it was quicker
                starting.started.stop(Duration.ofSeconds(1)).block(LONG);
            }
        }
        assertThat(cancelled).isPositive();
        await().atMost(LONG).until(() -> threads() <= threads);
    }

    @Test
    void aCancelAfterItHasStartedChangesNothing() throws IOException {
        Starting starting = new Starting(true);
        HttpListener.start(transport, "localhost", 0).subscribe(starting);
        await().atMost(LONG).until(() -> starting.started != null);
        HttpListener listener = starting.started;
        int port = listener.address().getPort();

        try (Socket client = new Socket(listener.address().getAddress(), port)) {
            assertThat(client.isConnected()).isTrue();
        }
        listener.stop(Duration.ofSeconds(1)).block(LONG);
        listener.stop(Duration.ofSeconds(1)).block(LONG);
        assertThat(isFree(port)).isTrue();
    }

    private static final class Starting extends BaseSubscriber<HttpListener> {

        private final boolean cancelsWhenStarted;
        private volatile @Nullable HttpListener started;

        Starting(boolean cancelsWhenStarted) {
            this.cancelsWhenStarted = cancelsWhenStarted;
        }

        @Override
        protected void hookOnNext(HttpListener listener) {
            started = listener;
            if (cancelsWhenStarted) {
                cancel();
            }
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("wal-http"))
                .count();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            return socket.getLocalPort();
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("localhost"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
