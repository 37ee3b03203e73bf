package io.walreceiver.transport;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;

/** See {@link Transport#merge}. */
final class MergedTransport implements Transport {

    private static final Logger LOG = LoggerFactory.getLogger(MergedTransport.class);

    private final List<Source> sources;
    /** What the one subscriber holds of the sources; null while there is none. */
    private final AtomicReference<Disposable.@Nullable Composite> current = new AtomicReference<>();

    MergedTransport(List<Transport> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no source to merge: expected one or more");
        }
        this.sources = sources.stream().map(Source::new).toList();
    }

    /** One of those that are merged. */
    private static final class Source {

        private final Transport transport;
        private volatile boolean ended;

        Source(Transport transport) {
            this.transport = transport;
        }

        Flux<WalSegmentPayload> segments(Positions positions) {
            return Flux.defer(() -> {
                        ended = false;
                        return transport.segments(positions);
                    })
                    .doOnError(failure -> LOG.warn("{} has failed; the other sources go on", transport, failure))
                    .doOnTerminate(() -> ended = true);
        }

        /** Whether more of the log is to be expected from here, as far as that can be told. */
        boolean sends(LogId log) {
            return !ended
                    && transport.trouble(log).isEmpty()
                    && (transport.head(log).isPresent()
                            || transport.heartbeat(log).isPresent());
        }
    }

    @Override
    public Flux<WalSegmentPayload> segments(Positions positions) {
        return Flux.defer(() -> {
            Disposable.Composite subscriptions = Disposables.composite();
            if (!current.compareAndSet(null, subscriptions)) {
                return Flux.error(new IllegalStateException("these sources have a subscriber: expected one at a time"));
            }
            return Flux.fromIterable(sources)
                    .flatMapDelayError(
                            source -> source.segments(positions)
                                    .doOnSubscribe(subscription -> subscriptions.add(subscription::cancel)),
                            sources.size(),
                            1)
                    .onErrorMap(Exceptions::isMultiple, MergedTransport::first)
                    // Before whoever is told comes back, which may be at once.
                    .doOnTerminate(() -> current.compareAndSet(subscriptions, null))
                    .doOnCancel(() -> {
                        // A flatMap that is just delivering cancels its sources only afterwards: they would refuse the
                        // next.
                        subscriptions.dispose();
                        current.compareAndSet(subscriptions, null);
                    });
        });
    }

    private static Throwable first(Throwable several) {
        List<Throwable> failures = Exceptions.unwrapMultiple(several);
        Throwable first = failures.get(0);
        failures.stream().filter(failure -> failure != first).forEach(first::addSuppressed);
        return first;
    }

    @Override
    public void acknowledge(LogId log, long through) {
        tellAll(transport -> transport.acknowledge(log, through));
    }

    @Override
    public void request(LogId log, long from) {
        tellAll(transport -> transport.request(log, from));
    }

    @Override
    public void hold(LogId log, long from) {
        tellAll(transport -> transport.hold(log, from));
    }

    @Override
    public void decided(SegmentOutcome outcome) {
        tellAll(transport -> transport.decided(outcome));
    }

    /** One that fails keeps none of the others from being told. */
    private void tellAll(Consumer<Transport> message) {
        RuntimeException failure = null;
        for (Source source : sources) {
            try {
                message.accept(source.transport);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public boolean canSendAgain() {
        return sources.stream().allMatch(source -> source.transport.canSendAgain());
    }

    @Override
    public OptionalLong head(LogId log) {
        return sources.stream()
                .map(source -> source.transport.head(log))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }

    /** Of several that are as far, the one that was heard of last. */
    @Override
    public Optional<Heartbeat> heartbeat(LogId log) {
        long now = System.nanoTime();
        return sources.stream()
                .flatMap(source -> source.transport.heartbeat(log).stream())
                .max(Comparator.comparingLong(Heartbeat::head)
                        .thenComparingLong(heartbeat -> heartbeat.receivedAt() - now));
    }

    /** Of several the one that is the easiest to heal: what heals by itself is the last of the states. */
    @Override
    public Optional<LogTrouble> trouble(LogId log) {
        return sources.stream().anyMatch(source -> source.sends(log))
                ? Optional.empty()
                : sources.stream()
                        .flatMap(source -> source.transport.trouble(log).stream())
                        .max(Comparator.comparing(LogTrouble::state));
    }

    /** A log that one source sends unchecked is unfenced. */
    @Override
    public Optional<LeaderEpoch> epoch(LogId log) {
        boolean unfenced = sources.stream()
                .anyMatch(source ->
                        source.sends(log) && source.transport.epoch(log).isEmpty());
        return unfenced
                ? Optional.empty()
                : sources.stream()
                        .flatMap(source -> source.transport.epoch(log).stream())
                        .max(Comparator.comparingLong(LeaderEpoch::number));
    }

    @Override
    public Flux<LogId> changes() {
        return Flux.fromIterable(sources)
                .flatMap(
                        source -> Flux.defer(source.transport::changes).onErrorResume(failure -> {
                            LOG.warn(
                                    "{} tells no more why logs are not sent, until the next start",
                                    source.transport,
                                    failure);
                            return Flux.empty();
                        }),
                        sources.size());
    }
}
