package io.walreceiver.spring.source;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import reactor.core.scheduler.Scheduler;

/**
 * What sources are made with.
 *
 * @param node what this follower calls itself
 * @param maxSegmentBytes size of one segment
 * @param bundles the application's SSL bundles; empty if it has none
 * @param classLoader of the application; null for that of the virtual machine
 * @param timer time; empty for the default of each source
 */
public record SourceTools(
        String node,
        int maxSegmentBytes,
        Optional<SslBundles> bundles,
        @Nullable ClassLoader classLoader,
        Optional<Scheduler> timer) {}
