package io.walreceiver.transport.netty.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** Peers that mean no good, or are broken: dropped for a reason, while others are served. */
class HostilePeerTest {

    private static final LogId A = new LogId(1, 0);
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final Frame.Hello HELLO = new Frame.Hello(1, "raw", null, 1 << 30, 64 << 20, 1 << 30);

    /** Less than the frames that they are of, much more than the idle timeouts leave time for. */
    private static final int DRIPS = 3_000;

    private final FakePublication publication = new FakePublication();
    private final List<Socket> sockets = new ArrayList<>();
    private TcpPublisher.Running running = started();

    private TcpPublisher.Running started() {
        return Objects.requireNonNull(TcpPublisher.builder(publication)
                .heartbeatInterval(Duration.ofMillis(20))
                .handshakeTimeout(Duration.ofMillis(200))
                .idleTimeout(Duration.ofMillis(400))
                .writeStallTimeout(Duration.ofMillis(400))
                .maxConnections(12)
                .maxUnauthenticated(4)
                .build()
                .start()
                .block(SOON));
    }

    @BeforeEach
    void publishSomething() {
        publication.send(A, 100);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        running.stop(false).block(SOON);
        publication.leader.close();
    }

    @Test
    void silenceIsDroppedAtTheHandshakeTimeout() throws IOException {
        assertDropped(Drop.HANDSHAKE, connect());
    }

    @Test
    void halfAGreetingIsDroppedAtTheHandshakeTimeout() throws IOException {
        Socket socket = connect();
        byte[] hello = bytes(HELLO);
        socket.getOutputStream().write(hello, 0, hello.length / 2);
        assertDropped(Drop.HANDSHAKE, socket);
    }

    @Test
    void silenceAfterTheGreetingIsDroppedAtTheIdleTimeout() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes(HELLO));
        assertDropped(Drop.IDLE, socket);
    }

    @Test
    void aFrameThatDripsInForEverIsDroppedAtTheIdleTimeout() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes(HELLO));
        assertThat(drips(socket, header(4000))).isLessThan(DRIPS);
        await().until(() -> running.drops().equals(Map.of(Drop.IDLE, 1L)));
        assertServes();
    }

    @Test
    void twoGigabytesAreRefusedAtOnce() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(new byte[] {-1, -1, -1, 127});
        assertDropped(Drop.PROTOCOL, socket);
    }

    @Test
    void anotherProtocolIsRefusedAtOnce() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertDropped(Drop.PROTOCOL, socket);
    }

    @Test
    void garbageIsDropped() throws IOException {
        long seed = Long.getLong("hostile.seed", 42);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            Socket socket = connect();
            byte[] garbage = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(garbage);
            if (random.nextBoolean()) {
                socket.getOutputStream().write(bytes(HELLO));
            }
            try {
                socket.getOutputStream().write(garbage);
            } catch (IOException e) {
                // dropped already
            }
            assertClosed(socket);
        }
        assertServes();
    }

    @Test
    void framesThatDoNotBelongThereAreDropped() throws IOException {
        for (Frame frame :
                List.of(new Frame.Ping(), new Frame.Resume(A, 0, null, null), new Frame.Bye(Frame.Farewell.END, ""))) {
            Socket socket = connect();
            socket.getOutputStream().write(bytes(frame));
            assertClosed(socket);
        }
        for (Frame frame : List.of(
                HELLO, new Frame.Begin(), new Frame.Consumed(1), new Frame.Done(false), new Frame.Welcome(1, 1))) {
            Socket socket = connect();
            socket.getOutputStream().write(bytes(HELLO));
            socket.getOutputStream().write(bytes(frame));
            assertClosed(socket);
        }
        await().until(() -> running.drops().getOrDefault(Drop.PROTOCOL, 0L) == 8);
    }

    @Test
    void anotherVersionIsToldWhichOneIsSpoken() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(bytes(new Frame.Hello(9, "raw", null, 1, 1, 1)));
        byte[] answer = socket.getInputStream().readAllBytes();
        assertThat(new String(answer, StandardCharsets.ISO_8859_1)).contains("expected 1, found 9");
        await().until(() -> running.drops().containsKey(Drop.REFUSED));
    }

    @Test
    void whoReadsNothingIsDroppedAndTheSourceNotDrained() throws IOException {
        for (int i = 0; i < 30; i++) {
            publication.send(A, 4 << 20);
        }
        Socket socket = connect();
        socket.setReceiveBufferSize(4096);
        socket.getOutputStream().write(bytes(HELLO));
        socket.getOutputStream().write(bytes(new Frame.Start(false)));
        await().until(() -> running.followers().size() == 1);
        await().until(() -> {
            for (Frame frame : List.of(new Frame.Take(A), new Frame.Ping())) {
                try {
                    socket.getOutputStream().write(bytes(frame));
                } catch (IOException e) {
                    return true;
                }
            }
            if (socket.getInputStream().available() > 120) { // the log was offered, and DONE came after it
                try {
                    socket.getOutputStream().write(bytes(new Frame.Begin()));
                } catch (IOException e) {
                    return true;
                }
                return true;
            }
            return false;
        });
        await().until(() -> {
            try {
                socket.getOutputStream().write(bytes(new Frame.Ping()));
            } catch (IOException e) {
                return true;
            }
            return running.drops().containsKey(Drop.STALLED);
        });
        assertThat(running.drops()).containsKey(Drop.STALLED);
        assertServes();
    }

    @Test
    void tooManyWithoutAnIdentityAreTurnedAwayAndTheOthersServed() throws IOException {
        for (int i = 0; i < 8; i++) {
            connect();
        }
        await().until(() -> running.drops().getOrDefault(Drop.TOO_MANY, 0L) == 4);
        await().until(() -> running.drops().getOrDefault(Drop.HANDSHAKE, 0L) == 4);
        assertServes();
    }

    @Test
    void aPublisherThatBreaksTheRulesIsLeftAndTriedAgain() throws IOException {
        List<List<Frame>> plays = List.of(
                List.of(new Frame.Ping(), new Frame.Begin()),
                List.of(new Frame.Segment(0, A, 1, 1, 10, 0)),
                List.of(new Frame.Welcome(1, 1), new Frame.Done(false), new Frame.Segment(9, A, 1, 1, 10, 0)),
                List.of(new Frame.Welcome(1, 1), new Frame.Done(false), new Frame.Segment(0, A, 1, 1, 65 << 20, 0)),
                List.of(new Frame.Welcome(1, 1), new Frame.Done(false), new Frame.Segment(0, A, 1, 1, 10, 7)),
                List.of(
                        new Frame.Welcome(1, 1),
                        new Frame.Done(false),
                        new Frame.Segment(0, A, 1, 1, 10, 0),
                        new Frame.Segment(1, A, 11, 1, 10, 0)),
                List.of(
                        new Frame.Welcome(1, 1),
                        new Frame.Done(false),
                        new Frame.Segment(0, A, 1, 1, 40 << 20, 0),
                        new Frame.Segment(1, new LogId(1, 1), 1, 1, 40 << 20, 0)));
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            TcpTransport transport = TcpTransport.builder()
                    .host("127.0.0.1")
                    .port(server.getLocalPort())
                    .idleTimeout(Duration.ofMillis(300))
                    .handshakeTimeout(Duration.ofMillis(300))
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(5))
                    .build();
            List<WalSegmentPayload> received = new CopyOnWriteArrayList<>();
            Disposable run = transport.segments(Positions.NONE).subscribe(received::add);
            for (List<Frame> play : plays) {
                try (Socket accepted = server.accept()) {
                    for (Frame frame : play) {
                        accepted.getOutputStream().write(bytes(frame));
                    }
                    assertClosed(accepted);
                }
            }
            await().until(() -> transport.status().drops().getOrDefault(Drop.PROTOCOL, 0L) == plays.size());
            try (Socket silent = server.accept()) {
                assertClosed(silent);
            }
            await().until(() -> transport.status().drops().containsKey(Drop.HANDSHAKE));
            try (Socket silent = server.accept()) {
                silent.getOutputStream().write(bytes(new Frame.Welcome(1, 1)));
                assertClosed(silent);
            }
            await().until(() -> transport.status().drops().containsKey(Drop.IDLE));
            try (Socket endless =
                    server.accept()) { // a length that a bit has changed: heartbeats would fill it for minutes
                endless.getOutputStream().write(bytes(new Frame.Welcome(1, 1)));
                assertThat(drips(endless, header(200_000))).isLessThan(DRIPS);
            }
            await().until(() -> transport.status().drops().get(Drop.IDLE) == 2L);
            assertThat(received).isEmpty();
            run.dispose();
        }
    }

    /** The beginning of a frame. */
    private static byte[] header(int bytes) {
        return new byte[] {(byte) bytes, (byte) (bytes >> 8), (byte) (bytes >> 16), 0, 1};
    }

    /** Sends bytes one by one until the other end has closed, or it is too late for that; returns how many went. */
    private static int drips(Socket socket, byte[] first) throws IOException {
        socket.setTcpNoDelay(true);
        socket.getOutputStream().write(first);
        int sent = 0;
        try {
            while (sent < DRIPS) {
                socket.getOutputStream().write(0);
                sent++;
                LockSupport.parkNanos(2_000_000);
            }
        } catch (IOException closed) {
            // as it should be
        }
        return sent;
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), running.address().getPort());
        sockets.add(socket);
        return socket;
    }

    private void assertDropped(Drop drop, Socket socket) throws IOException {
        assertClosed(socket);
        await().until(() -> running.drops().equals(Map.of(drop, 1L)));
        assertServes();
    }

    private static void assertClosed(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // reset: closed as well
        }
    }

    private void assertServes() {
        TcpTransport transport = TcpTransport.builder()
                .host("127.0.0.1")
                .port(running.address().getPort())
                .idleTimeout(Duration.ofMillis(900))
                .build();
        assertThat(transport.segments(Positions.NONE).blockFirst(SOON)).isNotNull();
    }

    private static byte[] bytes(Frame frame) {
        ByteBuf encoded = FrameEncoder.encode(UnpooledByteBufAllocator.DEFAULT, frame);
        byte[] bytes = ByteBufUtil.getBytes(encoded);
        encoded.release();
        return bytes;
    }
}
