package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** The rules of Reactive Streams, by their own kit, on what {@code receive()} returns. One subscriber, once: a receiver each. */
class ReceiverTckTest {

    private static final int MAX_WAIT_MILLIS = 2_000;
    private static final int QUIET_MILLIS = 20;
    private static final int MOST = 500;

    private static final List<WalSegmentPayload> ONE_LOG = segments(1);
    private static final List<WalSegmentPayload> MANY_LOGS = segments(7);

    @TestFactory
    Stream<DynamicTest> outcomesOfOneLogKeepTheRules() {
        return rules(n -> receive(ONE_LOG.subList(0, (int) n)));
    }

    @TestFactory
    Stream<DynamicTest> outcomesOfManyLogsKeepTheRules() {
        return rules(n -> receive(MANY_LOGS.subList(0, (int) n)));
    }

    @TestFactory
    Stream<DynamicTest> outcomesFromALeaderInTheSameProcessKeepTheRules() {
        return rules(n -> {
            InProcessLeader leader = InProcessLeader.create();
            Flux.fromIterable(MANY_LOGS.subList(0, (int) n))
                    .concatMap(leader::send)
                    .subscribe();
            leader.complete();
            return SegmentReceiver.create(
                            leader.follower(), InMemorySignalLedger.create(Schemas.FOUR_TYPES), Schemas.FOUR_TYPES)
                    .receive();
        });
    }

    @org.junit.jupiter.api.Test
    void aPublisherThatBreaksARuleFails() {
        List<String> failed = new ArrayList<>();
        rules(n -> subscriber -> receive(ONE_LOG.subList(0, (int) n))
                        .subscribe(subscriber::onNext, subscriber::onError, subscriber::onComplete))
                .filter(rule -> rule.getDisplayName().matches("required_spec10[19]_.*"))
                .forEach(rule -> {
                    try {
                        rule.getExecutable().execute();
                    } catch (TestAbortedException aborted) {
                        assertThat(aborted).isNotNull(); // not verified is not failed
                    } catch (Throwable broken) {
                        failed.add(rule.getDisplayName());
                    }
                });
        assertThat(failed).isNotEmpty();
    }

    private static Flux<SegmentOutcome> receive(List<WalSegmentPayload> segments) {
        return SegmentReceiver.create(
                        new ScriptedTransport(Flux.fromIterable(segments)),
                        InMemorySignalLedger.create(Schemas.FOUR_TYPES),
                        Schemas.FOUR_TYPES)
                .receive();
    }

    private static List<WalSegmentPayload> segments(int logs) {
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            segments.add(Leader.segment(new LogId(1, i % logs), 1 + i / logs * 3L, 3));
        }
        return segments;
    }

    /** One test per rule, each on a verification of its own. */
    private static Stream<DynamicTest> rules(LongFunction<Publisher<SegmentOutcome>> publisher) {
        return Arrays.stream(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(rule -> dynamicTest(rule.getName(), () -> verify(new Verification(publisher), rule)));
    }

    private static void verify(Verification verification, Method rule) throws Throwable {
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SkipException skip) {
                throw new TestAbortedException(skip.getMessage(), skip);
            }
            throw e.getCause();
        }
    }

    private static final class Verification extends PublisherVerification<SegmentOutcome> {

        private final LongFunction<Publisher<SegmentOutcome>> publisher;

        Verification(LongFunction<Publisher<SegmentOutcome>> publisher) {
            super(new TestEnvironment(MAX_WAIT_MILLIS, QUIET_MILLIS));
            this.publisher = publisher;
        }

        @Override
        public Publisher<SegmentOutcome> createPublisher(long elements) {
            return publisher.apply(elements);
        }

        @Override
        public Publisher<SegmentOutcome> createFailedPublisher() {
            SegmentReceiver subscribed = SegmentReceiver.create(
                    new ScriptedTransport(Flux.never()),
                    InMemorySignalLedger.create(Schemas.FOUR_TYPES),
                    Schemas.FOUR_TYPES);
            subscribed.receive().subscribe().dispose();
            return subscribed.receive();
        }

        @Override
        public long maxElementsFromPublisher() {
            return MOST;
        }
    }
}
