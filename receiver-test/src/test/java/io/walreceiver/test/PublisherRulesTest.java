package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.transport.Positions;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.directory.DirectoryTransport;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;

/** The fluxes of both transports keep the rules of Reactive Streams. */
class PublisherRulesTest {

    private static final int MOST = 300;
    private static final int MAX_WAIT_MILLIS = 2_000;
    private static final int QUIET_MILLIS = 20;
    private static final List<WalSegmentPayload> SEGMENTS =
            Segments.of(TransportCases.A).next(MOST, 1);

    @TempDir
    static Path directory;

    private abstract static class Verification extends PublisherVerification<WalSegmentPayload> {

        Verification() {
            super(new TestEnvironment(MAX_WAIT_MILLIS, QUIET_MILLIS));
        }

        abstract Transport transport(List<WalSegmentPayload> segments);

        @Override
        public Publisher<WalSegmentPayload> createPublisher(long elements) {
            return transport(SEGMENTS.subList(0, (int) elements)).segments(Positions.NONE);
        }

        @Override
        public Publisher<WalSegmentPayload> createFailedPublisher() {
            return transport(List.of()).segments(() -> {
                throw new IllegalStateException("no positions");
            });
        }

        @Override
        public long maxElementsFromPublisher() {
            return MOST;
        }
    }

    @TestFactory
    Stream<DynamicTest> inProcess() {
        return PublisherRules.of(() -> new Verification() {
            @Override
            Transport transport(List<WalSegmentPayload> segments) {
                InProcessLeader leader = InProcessLeader.create();
                Flux.fromIterable(segments).concatMap(leader::send).subscribe();
                leader.complete();
                return leader.follower();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> directory() {
        return PublisherRules.of(() -> new Verification() {
            @Override
            Transport transport(List<WalSegmentPayload> segments) {
                try {
                    Path wal = Files.createTempDirectory(directory, "wal");
                    for (WalSegmentPayload segment : segments) {
                        Files.write(wal.resolve(segment.id().fileName()), segment.bytes());
                    }
                    return DirectoryTransport.of(wal);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    /** Emits one more than was asked for, repeats its completion, and takes any demand: the rules must notice. */
    private static final class Rude implements Publisher<WalSegmentPayload> {

        @Override
        public void subscribe(Subscriber<? super WalSegmentPayload> subscriber) {
            subscriber.onSubscribe(new Subscription() {
                @Override
                public void request(long n) {
                    for (long i = 0; i <= Math.min(n, MOST); i++) {
                        subscriber.onNext(SEGMENTS.get(0));
                    }
                    subscriber.onComplete();
                    subscriber.onComplete();
                }

                @Override
                public void cancel() {}
            });
        }
    }

    @Test
    void aPublisherThatBreaksRulesFails() {
        Set<String> failed = new HashSet<>();
        PublisherRules.of(() -> new Verification() {
                    @Override
                    Transport transport(List<WalSegmentPayload> segments) {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public Publisher<WalSegmentPayload> createPublisher(long elements) {
                        return new Rude();
                    }

                    @Override
                    public Publisher<WalSegmentPayload> createFailedPublisher() {
                        return new Rude();
                    }
                })
                .filter(rule -> rule.getDisplayName().contains("spec101")
                        || rule.getDisplayName().contains("spec107")
                        || rule.getDisplayName().contains("spec309"))
                .forEach(rule -> {
                    try {
                        rule.getExecutable().execute();
                    } catch (TestAbortedException e) {
                        assertThat(e).isNotNull(); // not verified is not failed
                    } catch (Throwable e) {
                        failed.add(rule.getDisplayName().replaceAll(".*_(spec\\d+)_.*", "$1"));
                    }
                });
        assertThat(failed).contains("spec101", "spec107", "spec309");
    }
}
