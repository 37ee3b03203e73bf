package io.walreceiver.spring;

import io.walreceiver.ReceiverOptions;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.health.HealthOptions;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.spring.config.ReceiverProperties;
import io.walreceiver.spring.schema.SchemaFile;
import io.walreceiver.spring.schema.SchemaReader;
import io.walreceiver.spring.source.ConfiguredSources;
import io.walreceiver.spring.source.SourceReader;
import io.walreceiver.spring.source.SourceTools;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import reactor.core.scheduler.Scheduler;

/**
 * A receiver of what {@code wal-receiver.*} says. Each bean gives way to one of the application's.
 *
 * <p>Schedulers of the application's own are used if they are beans with the names {@value #TIMER} and {@value #REPLAY_SCHEDULER}; a bean of
 * type {@link Clock}, if there is one, tells the time of what is stored.
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@ConditionalOnProperty(prefix = "wal-receiver", name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(ReceiverProperties.class)
public final class ReceiverAutoConfiguration {

    /** Name of a bean of type {@link Scheduler}, for {@link ReceiverOptions.Builder#timer} and the sources' timeouts. */
    public static final String TIMER = "walReceiverTimer";

    /** Name of a bean of type {@link Scheduler}, for {@link ReceiverOptions.Builder#replayScheduler}. */
    public static final String REPLAY_SCHEDULER = "walReceiverReplayScheduler";

    private static final Duration SHUTDOWN_PHASE = Duration.ofSeconds(30);
    private static final double OF_SHUTDOWN_PHASE = 0.7;

    @Bean
    @ConditionalOnMissingBean
    SignalSchema walReceiverSchema(ReceiverProperties properties, ResourceLoader resources) {
        return new SchemaReader(new SchemaFile(resources)).read(properties);
    }

    @Bean
    @ConditionalOnMissingBean(SignalLedger.class)
    InMemorySignalLedger walReceiverLedger(SignalSchema schema) {
        return InMemorySignalLedger.create(schema);
    }

    @Bean
    @ConditionalOnMissingBean({Transport.class, ConfiguredSources.class})
    ConfiguredSources walReceiverSources(
            ReceiverProperties properties,
            Environment environment,
            ResourceLoader resources,
            ObjectProvider<SslBundles> bundles,
            @Qualifier(TIMER) ObjectProvider<Scheduler> timer) {
        String node = properties.node();
        SourceTools tools = new SourceTools(
                node == null ? nameOf(environment) : node,
                (int) properties.receiver().maxSegmentBytes().toBytes(),
                Optional.ofNullable(bundles.getIfAvailable()),
                resources.getClassLoader(),
                Optional.ofNullable(timer.getIfAvailable()));
        return new SourceReader(properties, tools).read();
    }

    private static String nameOf(Environment environment) {
        String name = environment.getProperty("spring.application.name", "");
        return name.isBlank() || name.length() > 255 ? "follower" : name;
    }

    @Bean
    @ConditionalOnMissingBean
    Transport walReceiverTransport(ConfiguredSources sources) {
        return sources.transport();
    }

    @Bean
    @ConditionalOnMissingBean
    Storage walReceiverStorage(
            ReceiverProperties properties,
            SignalSchema schema,
            ObjectProvider<Clock> clock,
            ObjectProvider<SignalLedger> ledger) {
        return new StorageReader(properties)
                .read(
                        schema,
                        clock.getIfUnique(Clock::systemUTC),
                        ledger.getIfUnique() instanceof InMemorySignalLedger);
    }

    @Bean
    @ConditionalOnMissingBean
    ReceiverOptions walReceiverOptions(
            ReceiverProperties properties,
            @Qualifier(TIMER) ObjectProvider<Scheduler> timer,
            @Qualifier(REPLAY_SCHEDULER) ObjectProvider<Scheduler> replay,
            ObjectProvider<ReceiverOptionsCustomizer> customizers) {
        ReceiverOptions.Builder options = builder(properties.receiver());
        timer.ifAvailable(options::timer);
        replay.ifAvailable(options::replayScheduler);
        customizers.orderedStream().forEach(customizer -> customizer.customize(options));
        return options.build();
    }

    private static ReceiverOptions.Builder builder(ReceiverProperties.Receiver receiver) {
        ReceiverOptions.Builder options = ReceiverOptions.builder()
                .maxInFlightBytes(receiver.maxInFlightBytes().toBytes())
                .maxSegmentBytes((int) receiver.maxSegmentBytes().toBytes())
                .maxHeldBytesPerLog(receiver.maxHeldBytesPerLog().toBytes())
                .maxLogs(receiver.maxLogs())
                .patience(receiver.patience())
                .minResendDelay(receiver.minResendDelay())
                .maxResendDelay(receiver.maxResendDelay());
        if (receiver.maxLedgerBytes() != null) {
            options.maxLedgerBytes(receiver.maxLedgerBytes().toBytes());
        }
        if (receiver.threads() != null) {
            options.parallelism(receiver.threads());
        }
        return options;
    }

    @Bean
    @ConditionalOnMissingBean
    SegmentReceiver walReceiver(
            Transport transport,
            SignalLedger ledger,
            SignalSchema schema,
            Storage storage,
            ReceiverOptions options,
            ObjectProvider<TransportDecorator> decorators) {
        Transport decorated = transport;
        for (TransportDecorator decorator : decorators.orderedStream().toList()) {
            decorated = decorator.decorate(decorated);
        }
        return SegmentReceiver.create(decorated, ledger, schema, storage, options);
    }

    /** Looks at the receiver as long as it lives, if anybody wants to know. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(SegmentReceiver.class)
    ReceiverHealth walReceiverHealth(
            SegmentReceiver receiver, ObjectProvider<ConfiguredSources> sources, ReceiverProperties properties) {
        ReceiverProperties.Health health = properties.health();
        HealthOptions.Builder options = HealthOptions.builder()
                .stallAfter(health.stallAfter())
                .grace(health.grace())
                .strict(health.readiness() == ReceiverProperties.Readiness.STRICT);
        if (health.maxLag() != null) {
            options.maxLag(health.maxLag());
        }
        ConfiguredSources known = sources.getIfAvailable();
        return ReceiverHealth.watch(receiver, known == null ? List::of : known::states, options.build());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(SegmentReceiver.class)
    ReceiverLifecycle walReceiverLifecycle(
            SegmentReceiver receiver,
            ReceiverProperties properties,
            Environment environment,
            ObjectProvider<OutcomeHandler> handlers) {
        Duration phase = Binder.get(environment)
                .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                .orElse(SHUTDOWN_PHASE);
        Duration most = Duration.ofMillis((long) (phase.toMillis() * OF_SHUTDOWN_PHASE));
        Duration wanted = properties.stopTimeout();
        return new ReceiverLifecycle(
                receiver,
                properties.autoStart(),
                wanted.compareTo(most) < 0 ? wanted : most,
                handlers.orderedStream().toList());
    }
}
