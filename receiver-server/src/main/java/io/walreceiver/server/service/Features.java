package io.walreceiver.server.service;

import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.server.config.Health;
import io.walreceiver.server.config.Live;
import io.walreceiver.server.config.Reads;
import io.walreceiver.server.config.ServerConfig;
import io.walreceiver.server.web.Follower;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.admin.AdminFeature;
import io.walreceiver.server.web.admin.AdminOptions;
import io.walreceiver.server.web.live.LiveOptions;
import io.walreceiver.server.web.live.LiveStreams;
import io.walreceiver.server.web.live.Outcomes;
import io.walreceiver.server.web.operate.OperateFeature;
import io.walreceiver.server.web.operate.OperateOptions;
import io.walreceiver.server.web.operate.Surroundings;
import io.walreceiver.server.web.page.Dashboard;
import io.walreceiver.server.web.read.ReadApi;
import io.walreceiver.server.web.read.ReadOptions;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the service can do besides following: this is the place to add to it. When the service ends, streams say goodbye after everything
 * has been drained; then listeners stop, and at last features that are {@link AutoCloseable} are closed.
 *
 * @param web what is answered over HTTP; of two that answer the same, the first does
 * @param observers are told of each outcome; must not block or throw
 */
record Features(List<WebFeature> web, List<Consumer<SegmentOutcome>> observers) {

    static Features of(Follower follower, ServerConfig config, Surroundings surroundings) {
        Outcomes outcomes = new Outcomes();
        return new Features(
                List.of(
                        new OperateFeature(follower, operate(config), surroundings),
                        new ReadApi(follower, reads(config.reads())),
                        new LiveStreams(follower, outcomes, live(config.live())),
                        new AdminFeature(
                                follower,
                                new AdminOptions(
                                        config.admin().maxActions(),
                                        config.admin().maxDownloads())),
                        new Dashboard()),
                List.of(outcomes));
    }

    private static OperateOptions operate(ServerConfig config) {
        Health health = config.health();
        return new OperateOptions(
                health.stallAfter(),
                health.grace(),
                health.maxLag(),
                health.readiness() == Health.Readiness.STRICT,
                config.meters().maxLogSeries());
    }

    private static ReadOptions reads(Reads reads) {
        return new ReadOptions(
                reads.maxEntities(),
                reads.maxReadings(),
                reads.maxBodyBytes(),
                reads.maxQueries(),
                reads.maxK(),
                reads.concurrentTops(),
                reads.waitingTops(),
                reads.maxWait(),
                reads.maxWaiters());
    }

    private static LiveOptions live(Live live) {
        return new LiveOptions(live.maxClients(), live.patience(), live.topEntities(), live.topPause());
    }
}
