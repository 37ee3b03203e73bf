package io.walreceiver.server.web.operate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.walreceiver.metrics.ReceiverMeters;
import io.walreceiver.server.web.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The text of all meters: of the receiver, and of the process around it. It is put together on a thread that may block, and whoever asks
 * within half a second gets the same.
 */
final class Scrape {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final Duration FRESH = Duration.ofMillis(500);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final ReceiverMeters receiver;
    private final List<MeterBinder> process;
    private final Mono<Answer> text = rendered(TEXT);
    private final Mono<Answer> openMetrics = rendered(OPEN_METRICS);

    /** @param data the directory whose disk's room is told */
    Scrape(ReceiverMeters receiver, Path data) {
        this.receiver = receiver;
        this.process = List.of(
                garbage,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new JvmInfoMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics(),
                new DiskSpaceMetrics(data.toFile()),
                Scrape::bindBuffers);
    }

    void start() {
        process.forEach(meters -> meters.bindTo(registry));
        receiver.bindTo(registry);
    }

    /** The meters in the format that is asked for. */
    Mono<Answer> answer(String accept) {
        return accept.contains("application/openmetrics-text") ? openMetrics : text;
    }

    void close() {
        garbage.close();
        registry.close();
    }

    private Mono<Answer> rendered(String format) {
        return Mono.fromCallable(() -> {
                    receiver.refresh();
                    return Answer.bytes(format, registry.scrape(format).getBytes(StandardCharsets.UTF_8));
                })
                .subscribeOn(Schedulers.boundedElastic())
                .cache(FRESH);
    }

    private static void bindBuffers(MeterRegistry registry) {
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
            new NettyAllocatorMetrics(allocator).bindTo(registry);
        }
    }
}
