package io.walreceiver.test;

import static io.walreceiver.test.ExampleSchema.LOG;
import static io.walreceiver.test.ExampleSchema.PURCHASE;
import static io.walreceiver.test.ExampleSchema.SCHEMA;
import static io.walreceiver.test.ExampleSchema.SOON;
import static io.walreceiver.test.ExampleSchema.VIEW;
import static io.walreceiver.test.ReceiverAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.StopReport;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Examples: an application is fed segments, without a network. */
class FeedingExampleTest {

    private final FakeLeader leader = FakeLeader.create();
    private final InMemorySignalLedger ledger = InMemorySignalLedger.create(SCHEMA);
    private final SegmentReceiver receiver = SegmentReceiver.create(leader.transport(), ledger, SCHEMA);
    private final Segments log = ExampleSchema.segments();

    @AfterEach
    void close() {
        receiver.stop(SOON).block();
        leader.close();
    }

    @Test
    void aReadThatMustSeeAWriteWaitsForItsPosition() {
        receiver.receive().subscribe();
        Instant noon = Instant.parse("2026-01-01T12:00:00Z");

        leader.append(log.next(
                SignalEvent.at(noon.minusSeconds(60), 7, VIEW, 1),
                SignalEvent.at(noon, 7, VIEW, 1),
                SignalEvent.at(noon, 9, PURCHASE, 3)));
        Mono<Long> viewsOfSeven = receiver.awaitApplied(LOG, log.last(), SOON)
                .then(Mono.fromSupplier(() -> ledger.read(7, VIEW, nanos(noon)).lastHour()));

        StepVerifier.create(viewsOfSeven).expectNext(2L).verifyComplete();
        assertThat(ledger.score(9, PURCHASE, nanos(noon))).isEqualTo(3);
    }

    @Test
    void whateverTheLeaderSendsEachEventCountsOnce() {
        leader.append(log.next(10));
        leader.append(log.next(10));
        leader.append(log.cut(1, 10)); // again
        leader.append(log.cut(6, 15)); // again, cut in another way
        leader.append(log.next(10));
        leader.end();

        StepVerifier.create(receiver.receive())
                .expectNextMatches(outcome -> outcome instanceof Applied applied && applied.through() == 10)
                .expectNextMatches(outcome -> outcome instanceof Applied applied && applied.through() == 20)
                .expectNextMatches(Duplicate.class::isInstance)
                .expectNextMatches(Duplicate.class::isInstance)
                .expectNextMatches(outcome -> outcome instanceof Applied applied && applied.through() == 30)
                .expectComplete()
                .verify(SOON);
        assertThat(ledger).holdsExactly(log);
    }

    @Test
    void aDamagedSegmentStopsItsLogUntilASoundOneComes() {
        receiver.receive().subscribe();
        leader.append(log.next(10));
        WalSegmentPayload sound = log.next(10);

        leader.append(Segments.corrupt(sound));
        awaitState(LogState.CORRUPT, LogState.SOURCE_CORRUPT); // the latter once it has come again and again
        assertThat(receiver).log(LOG).hasApplied(10).hasLag(10);
        assertThat(ledger).holdsExactlyThrough(10, log); // nothing of it was let in

        leader.append(sound);
        receiver.awaitApplied(LOG, 20, SOON).block();
        awaitState(LogState.RUNNING);
        assertThat(receiver).log(LOG).hasLag(0);
    }

    @Test
    void aGapHoldsUpItsLogAndNoOther() {
        LogId elsewhere = new LogId(2, 3);
        Segments other = Segments.of(elsewhere).signalTypes(2).seed(2);
        receiver.receive().subscribe();

        leader.append(log.next(10));
        leader.withhold(log.next(10));
        leader.append(log.next(10));
        leader.append(other.next(5, 100));
        receiver.awaitApplied(elsewhere, 500, SOON).block();
        awaitState(LogState.GAP);
        assertThat(receiver).log(LOG).hasApplied(10).hasHeld(1).hasLag(20);

        leader.release(LOG);
        receiver.awaitApplied(LOG, 30, SOON).block();
        assertThat(ledger).holdsExactly(log, other);
    }

    @Test
    void theReportOfAStopSaysWhatWasDone() {
        receiver.receive().subscribe();
        leader.append(log.next(10));
        leader.append(Segments.corrupt(log.next(10)));
        awaitState(LogState.CORRUPT, LogState.SOURCE_CORRUPT);

        StepVerifier.create(receiver.stop(SOON))
                .assertNext(report -> {
                    assertThat(report).matches(StopReport::drained);
                    assertThat(report.complete()).isFalse(); // a log ended with a cause
                    assertThat(report.outcomes().refused()).isPositive();
                })
                .verifyComplete();
    }

    @Test
    void demandReachesTheLeader() {
        leader.append(log.next(3, 10));
        leader.append(Segments.corrupt(log.next(10)));

        StepVerifier.create(receiver.receive(), 2)
                .expectNextCount(2)
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(1)
                .expectNextMatches(Refused.class::isInstance)
                .thenCancel()
                .verify(SOON);
    }

    private void awaitState(LogState... states) {
        StepVerifier.create(receiver.statusChanges()
                        .filter(status -> status.log(LOG).stream()
                                .anyMatch(of -> Set.of(states).contains(of.state())))
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
    }

    private static long nanos(Instant time) {
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
