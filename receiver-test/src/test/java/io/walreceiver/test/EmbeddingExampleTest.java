package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ExampleSchema.SOON;
import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.walreceiver.ReceiverStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.health.Health;
import io.walreceiver.health.HealthOptions;
import io.walreceiver.health.ReceiverHealth;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalLedger;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What docs/embedding.md shows beside the example project; EmbeddingGuideTest holds it to that. */
class EmbeddingExampleTest {

    private final Segments log = ExampleSchema.segments();

    /** A segment as some message bus carries it. */
    private record Message(String key, byte[] body, long events) {

        static Message of(WalSegmentPayload segment) {
            return new Message(segment.id().toString(), segment.bytes(), segment.eventCount());
        }
    }

    @Test
    void anyFluxCanBeATransport() {
        Flux<Message> messages = Flux.fromIterable(log.next(3, 10)).map(Message::of);
        InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);

        Transport bus = Transport.of(messages.map(
                message -> new WalSegmentPayload(WalSegmentId.parse(message.key()), message.body(), message.events())));

        SegmentReceiver.create(bus, ledger, SCHEMA).receive().blockLast(SOON);
        assertThat(ledger).holdsExactly(log);
    }

    @Test
    void aLedgerCanBeAnything() {
        Transport leader = Transport.of(Flux.just(log.next(25)));

        Map<Long, Double> totals = new ConcurrentHashMap<>();
        SignalLedger ledger = of ->
                (entityId, signalType, weight, timestampNanos) -> totals.merge(entityId, (double) weight, Double::sum);
        SegmentReceiver receiver = SegmentReceiver.create(leader, ledger, SCHEMA);

        receiver.receive().blockLast(SOON);
        double expected = log.events().stream().mapToDouble(SignalEvent::weight).sum();
        assertThat(totals.values().stream().mapToDouble(total -> total).sum()).isCloseTo(expected, within(0.001));
    }

    @Test
    void twoReceiversInOneApplication(@TempDir Path data) {
        Segments other = Segments.of(new LogId(7, 1)).signalTypes(2);
        try (FakeLeader shop = FakeLeader.create();
                FakeLeader forum = FakeLeader.create()) {
            shop.append(log.next(10));
            forum.append(other.next(20));

            InMemorySignalLedger sold = InMemorySignalLedger.create(SCHEMA);
            InMemorySignalLedger discussed = InMemorySignalLedger.create(SCHEMA);
            SegmentReceiver shopReceiver =
                    SegmentReceiver.create(shop.transport(), sold, SCHEMA, Storage.directory(data.resolve("shop")));
            SegmentReceiver forumReceiver = SegmentReceiver.create(
                    forum.transport(), discussed, SCHEMA, Storage.directory(data.resolve("forum")));
            Flux.merge(shopReceiver.receive(), forumReceiver.receive()).subscribe();

            shopReceiver.awaitApplied(LOG, 10, SOON).block();
            forumReceiver.awaitApplied(other.log(), 20, SOON).block();
            assertThat(sold).holdsExactly(log);
            assertThat(discussed).holdsExactly(other);
            Mono.when(shopReceiver.stop(SOON), forumReceiver.stop(SOON)).block();
        }
    }

    @Test
    void oneReceiverOfTwoSources() {
        Segments other = Segments.of(new LogId(7, 1)).signalTypes(2);
        try (FakeLeader shop = FakeLeader.create();
                FakeLeader forum = FakeLeader.create()) {
            shop.append(log.next(10));
            forum.append(other.next(20));
            shop.end();
            forum.end();
            InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);

            Transport both = Transport.merge(List.of(shop.transport(), forum.transport()));

            SegmentReceiver.create(both, ledger, SCHEMA).receive().blockLast(SOON);
            assertThat(ledger).holdsExactly(log, other);
        }
    }

    @Test
    void whatStandsStillSaysWhy() {
        try (FakeLeader leader = FakeLeader.create()) {
            SegmentReceiver receiver =
                    SegmentReceiver.create(leader.transport(), InMemorySignalLedger.create(SCHEMA), SCHEMA);
            receiver.receive().subscribe();
            leader.append(Segments.corrupt(log.next(10)));

            Flux<String> troubles = receiver.statusChanges()
                    .flatMapIterable(ReceiverStatus::logs)
                    .mapNotNull(each -> each.cause().orElse(null))
                    .distinctUntilChanged();

            StepVerifier.create(troubles.next())
                    .expectNextMatches(trouble -> trouble.contains("checksum"))
                    .expectComplete()
                    .verify(SOON);
            receiver.stop(Duration.ZERO).block();
        }
    }

    @Test
    void healthWithoutAFramework() {
        try (FakeLeader leader = FakeLeader.create()) {
            SegmentReceiver receiver =
                    SegmentReceiver.create(leader.transport(), InMemorySignalLedger.create(SCHEMA), SCHEMA);
            receiver.receive().subscribe();
            leader.append(log.next(10));
            receiver.awaitApplied(LOG, 10, SOON).block();

            try (ReceiverHealth health = ReceiverHealth.watch(receiver, List::of, HealthOptions.defaults())) {
                Health ready = health.readiness(); // its verdict, and the reasons for it
                Health live = health.liveness();
                assertThat(live.isOk()).isTrue();
                assertThat(ready.reasons()).isNotNull();
            }
            receiver.stop(SOON).block();
        }
    }
}
