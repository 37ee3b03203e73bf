package io.walreceiver.examples.postgres;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Follows a leader into a PostgreSQL database until it is told to stop, or the logs end.
 *
 * <pre>
 * java -jar postgres-ledger.jar tcp://127.0.0.1:7402 r2dbc:postgresql://ledger@127.0.0.1/signals touch=P7D,churn=P30D
 * </pre>
 *
 * <p>The password is read from the environment, {@code PGPASSWORD}, unless the URL has one. SIGTERM: what has come is committed, then it
 * ends. Exit codes: 0 the logs have ended, 143 stopped by SIGTERM, 1 failed, 2 wrong arguments.
 */
public final class PostgresFollower {

    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final Duration PROGRESS = Duration.ofSeconds(1);
    private static final int FAILED = 1;
    private static final int WRONG_ARGUMENTS = 2;

    private final Transport leader;
    private final ConnectionFactoryOptions database;
    private final SignalSchema schema;

    private PostgresFollower(String leader, String database, String signals) {
        this.leader = leader(URI.create(leader));
        this.database = withPassword(ConnectionFactoryOptions.parse(database));
        this.schema = SignalArguments.parse(signals);
    }

    /** See the class. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Returns the exit code. */
    static int run(String... args) {
        if (args.length != 3) {
            System.err.println("usage: LEADER DATABASE SIGNALS, for example\n"
                    + "  tcp://127.0.0.1:7402 r2dbc:postgresql://ledger@127.0.0.1/signals touch=P7D,churn=P30D");
            return WRONG_ARGUMENTS;
        }
        PostgresFollower follower;
        try {
            follower = new PostgresFollower(args[0], args[1], args[2]);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return WRONG_ARGUMENTS;
        }
        try {
            follower.follow();
            return 0;
        } catch (RuntimeException e) {
            System.err.println(e.getMessage());
            return FAILED;
        }
    }

    private void follow() {
        String self = "process " + ProcessHandle.current().pid();
        PostgresLedger ledger =
                PostgresLedger.connect(database, schema, self).blockOptional().orElseThrow();
        SegmentReceiver receiver = SegmentReceiver.create(leader, ledger, schema);
        CountDownLatch closed = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> stop(receiver, closed), "stop");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        Progress progress = new Progress(System.out);
        Disposable shown = Flux.interval(PROGRESS, Schedulers.boundedElastic()) // a terminal may block
                .subscribe(tick -> progress.show(receiver.status()));
        try {
            Mono.firstWithSignal(receiver.receive().then(), ledger.takenOver()).block(); // cancels the other one
        } finally {
            shown.dispose();
            progress.show(receiver.status());
            ledger.close().block(DRAIN);
            closed.countDown();
        }
    }

    /** On the thread that the JVM waits for before it ends. */
    private static void stop(SegmentReceiver receiver, CountDownLatch closed) {
        StopReport report = receiver.stop(DRAIN).block();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (report != null && !report.drained()) {
            System.out.println("not all that had come could be committed; it comes again: " + report.notDrained());
        }
    }

    private static Transport leader(URI address) {
        if (!"tcp".equals(address.getScheme()) || address.getHost() == null || address.getPort() < 0) {
            throw new IllegalArgumentException("expected tcp://HOST:PORT, found " + address);
        }
        return TcpTransport.builder()
                .host(address.getHost())
                .port(address.getPort())
                .node("postgres-ledger")
                .build();
    }

    private static ConnectionFactoryOptions withPassword(ConnectionFactoryOptions database) {
        String password = System.getenv("PGPASSWORD");
        return password == null || database.hasOption(ConnectionFactoryOptions.PASSWORD)
                ? database
                : database.mutate()
                        .option(ConnectionFactoryOptions.PASSWORD, password)
                        .build();
    }
}
