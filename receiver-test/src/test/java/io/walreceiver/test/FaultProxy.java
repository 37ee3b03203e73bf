package io.walreceiver.test;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stands between two sockets and mistreats what goes through, by a seed, so many times; after that it is faithful. */
final class FaultProxy implements Closeable {

    enum Fault {
        DELAY,
        STALL,
        CUT,
        TRUNCATE,
        DUPLICATE,
        FLIP,
        HALF_CLOSE,
        RESET,
        /** Byte by byte. */
        DRIP,
        /** The sender loses its connection, and makes another, before what it sent on this one arrives. */
        LATE
    }

    private static final int BUFFER_BYTES = 4096;
    private static final long STALL_NANOS = 400_000_000;
    private static final long LATE_NANOS = 150_000_000;
    private static final long DRIP_NANOS = 1_000_000;
    private static final int MOST_DRIPS = 200;

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Random seeds;
    private final AtomicInteger faultsLeft;
    private final int oneIn;
    private final long pauseNanos;
    private final Map<Fault, Integer> made = new EnumMap<>(Fault.class);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    FaultProxy(InetSocketAddress target, long seed, int faults, int oneIn) {
        this(target, seed, faults, oneIn, 0);
    }

    /** A narrow line without faults: a pause after each 4 KiB. */
    static FaultProxy narrow(InetSocketAddress target, long pauseNanos) {
        return new FaultProxy(target, 0, 0, 1, pauseNanos);
    }

    private FaultProxy(InetSocketAddress target, long seed, int faults, int oneIn, long pauseNanos) {
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.target = target;
        this.seeds = new Random(seed);
        this.faultsLeft = new AtomicInteger(faults);
        this.oneIn = oneIn;
        this.pauseNanos = pauseNanos;
        run("accept", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    synchronized Map<Fault, Integer> made() {
        return new EnumMap<>(made);
    }

    private void run(String name, Runnable task) {
        Thread thread = new Thread(task, "fault-proxy-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket near = server.accept();
                sockets.add(near);
                Socket far = new Socket(target.getAddress(), target.getPort());
                sockets.add(far);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                long one = seeds.nextLong();
                long other = seeds.nextLong();
                run("up", () -> pump(near, far, new Random(one)));
                run("down", () -> pump(far, near, new Random(other)));
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private void pump(Socket from, Socket to, Random random) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                byte[] bytes = Arrays.copyOf(buffer, n);
                if (random.nextInt(oneIn) != 0 || faultsLeft.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                    to.getOutputStream().write(bytes);
                } else if (!mistreat(bytes, from, to, random)) {
                    break;
                }
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    /** Whether the connection goes on. */
    private boolean mistreat(byte[] bytes, Socket from, Socket to, Random random) throws IOException {
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        synchronized (this) {
            made.merge(fault, 1, Integer::sum);
        }
        int part = random.nextInt(bytes.length);
        switch (fault) {
            case DELAY -> LockSupport.parkNanos(random.nextInt(20_000_000));
            case STALL -> LockSupport.parkNanos(STALL_NANOS);
            case CUT -> throw new IOException("cut");
            case RESET -> {
                to.setSoLinger(true, 0);
                throw new IOException("reset");
            }
            case TRUNCATE -> {
                to.getOutputStream().write(bytes, 0, part);
                throw new IOException("truncated");
            }
            case DUPLICATE -> to.getOutputStream().write(bytes, part, bytes.length - part);
            case FLIP -> bytes[part] ^= (byte) (1 << random.nextInt(8));
            case HALF_CLOSE -> {
                return false;
            }
            case DRIP -> {
                int drips = Math.min(MOST_DRIPS, bytes.length);
                for (int i = 0; i < drips; i++) {
                    to.getOutputStream().write(bytes, i, 1);
                    LockSupport.parkNanos(DRIP_NANOS);
                }
                to.getOutputStream().write(bytes, drips, bytes.length - drips);
                return true;
            }
            case LATE -> {
                close(from);
                LockSupport.parkNanos(LATE_NANOS);
                to.getOutputStream().write(bytes);
                throw new IOException("its sender has gone");
            }
        }
        to.getOutputStream().write(bytes);
        return true;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(FaultProxy::close);
    }
}
