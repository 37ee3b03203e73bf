package io.walreceiver.server.web.read;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.Places;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebRoutes;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The read API, all of it below {@code /v1}, and the document that describes it, {@code /v1/openapi.json}: see docs/read-api.md.
 *
 * <p>Reads of one entity in a few signals are done by the event loop that has the request. What takes longer has threads of its own: queries and the
 * status of all logs, as many as there are processors; top lists, {@link ReadOptions#concurrentTops}; and one for the disk.
 */
public final class ReadApi implements WebFeature, AutoCloseable {

    private static final int THREAD_TTL_SECONDS = 60;

    private final Follower follower;
    private final ReadOptions options;
    private final Scheduler reading = threads(Runtime.getRuntime().availableProcessors(), "wal-web-read");
    private final Scheduler topping;
    private final Scheduler disk = threads(1, "wal-web-disk");

    /** A read API; its threads start when they are needed. */
    public ReadApi(Follower follower, ReadOptions options) {
        this.follower = follower;
        this.options = options;
        this.topping = threads(options.concurrentTops(), "wal-web-top");
    }

    @Override
    public void addTo(WebRoutes routes) {
        byte[] document = OpenApi.compose().bytes();
        Gate gate = new Gate(follower.receiver(), new Places(options.maxWaiters(), "waits for a position"), reading);
        new EntityRoutes(follower, options, gate, reading).addTo(routes);
        new QueryRoutes(follower, options, gate, reading).addTo(routes);
        Places tops = new Places(
                options.concurrentTops() + options.waitingTops(),
                "top lists, those that wait for their turn included,");
        new SignalRoutes(follower, options, gate, tops, topping).addTo(routes);
        new LogRoutes(follower, reading).addTo(routes);
        new QuarantineRoutes(follower, disk).addTo(routes);
        routes.open("/v1/openapi.json", call -> Mono.just(Answer.bytes("application/json", document)));
    }

    /** Ends its threads, after the server was stopped. */
    @Override
    public void close() {
        reading.dispose();
        topping.dispose();
        disk.dispose();
    }

    /** What they have to do is bounded before it comes here: by places, or by the number of connections. */
    private static Scheduler threads(int most, String name) {
        // Not a bounded elastic scheduler: who asks one for a thread while it is disposed of may look for it without
        // end (Reactor 3.8.8).
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                most,
                most,
                THREAD_TTL_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(name, true));
        threads.allowCoreThreadTimeOut(true);
        return Schedulers.fromExecutorService(threads, name);
    }
}
