package io.walreceiver.transport.netty.http;

import static io.walreceiver.transport.netty.http.PushedTo.LOG;
import static io.walreceiver.transport.netty.http.PushedTo.path;
import static io.walreceiver.transport.netty.http.PushedTo.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.SslContext;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.InvalidEvent;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.DivergedException;
import io.walreceiver.log.LogState;
import io.walreceiver.log.LogTrouble;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.transport.LeaderEpoch;
import io.walreceiver.transport.netty.security.Identity;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class HttpPushTransportTest {

    private static final String EXPECT = "Expect: 100-continue";

    private @Nullable PushedTo open;

    private PushedTo follower(HttpPushTransport.Builder options) {
        PushedTo follower = new PushedTo(options.build());
        open = follower;
        return follower;
    }

    private PushedTo follower() {
        return follower(HttpPushTransport.builder());
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    @Test
    void aSegmentIsAnsweredOnlyWhenAllOfItIsDurable() {
        PushedTo follower = follower().subscribe(1);
        WalSegmentPayload segment = segment(1, 10);
        Mono<RawHttp.Response> push = pushing(follower, segment, "Segment-Events: 10");

        await().until(() -> follower.received.size() == 1);
        assertThat(follower.received.get(0).bytes()).isEqualTo(segment.bytes());
        assertThat(follower.received.get(0).id()).isEqualTo(segment.id());
        assertThat(follower.received.get(0).eventCount()).isEqualTo(10);
        follower.transport.decided(new SegmentOutcome.Applied(segment.id(), 10, 10, 0, 10));
        follower.transport.acknowledge(LOG, 9);
        assertThat(positions(follower)).containsEntry("1:3", 9L);
        follower.transport.acknowledge(LOG, 10);

        RawHttp.Response answer = push.block(Duration.ofMinutes(2));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("durable-position", "10");
        assertThat(answer.json()).containsEntry("durable", 10L);
    }

    @Test
    void theEventsAreCountedWhereTheyAreNotClaimed() {
        PushedTo follower = follower().subscribe(1);
        Mono<RawHttp.Response> push = pushing(follower, segment(1, 10));
        await().until(() -> follower.received.size() == 1);
        assertThat(follower.received.get(0).eventCount()).isEqualTo(10);
        follower.transport.acknowledge(LOG, 10);
        assertThat(push.block(Duration.ofMinutes(2)).status()).isEqualTo(200);
    }

    @Test
    void whoeverDoesNotWaitIsAnsweredAtOnce() {
        PushedTo follower = follower().subscribe(1);
        RawHttp.Response answer = follower.push(segment(1, 10), "Prefer: respond-async");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json()).containsEntry("durable", 0L).containsEntry("received", 10L);
        assertThat(answer.headers()).containsEntry("durable-position", "0");
    }

    /** The reason why anything is decided early: not a byte of the body is needed for it. */
    @ParameterizedTest
    @CsvSource({
        "/v1/segments/1/3/1,    600,        200, ''",
        "/v1/segments/1/3/22,   600,        409, gap",
        "/v1/segments/1/3/11,   67108865,   413, too-large",
        "/v1/segments/1/3/11,   2147483648, 413, too-large",
        "/v1/segments/1/3/11,   0,          400, bad-request",
        "/v1/segments/1/3/0,    600,        400, bad-request",
        "/v1/segments/1/3/-1,   600,        400, bad-request",
        "/v1/segments/1/3/x,    600,        400, bad-request",
        "/v1/segments/1/3/9223372036854775808, 600, 400, bad-request",
        "/v1/segments/65536/3/1, 600,       400, bad-request",
    })
    void whatCanBeDecidedIsDecidedBeforeTheBody(String path, long length, int status, String problem) {
        PushedTo follower = follower();
        follower.positions.put(LOG, 20L);
        follower.subscribe(1);
        try (RawHttp http = follower.connect()) {
            RawHttp.Response answer =
                    http.put(path, length, EXPECT, "Segment-Events: 20").response();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.problem()).isEqualTo(problem);
            assertThat(http.ends())
                    .as("what follows would be taken for the body")
                    .isTrue();
        }
        assertThat(follower.received).isEmpty();
    }

    @Test
    void aBodyIsAskedForOnlyWhenItIsWanted() {
        PushedTo follower = follower().subscribe(1);
        WalSegmentPayload segment = segment(1, 10);
        try (RawHttp http = follower.connect()) {
            http.put(path(segment), segment.bytes().length, EXPECT, "Prefer: respond-async");
            assertThat(http.response().status()).isEqualTo(100);
            assertThat(http.send(segment.bytes()).response().status()).isEqualTo(202);
            RawHttp.Response positions = http.get("/v1/positions");
            assertThat(positions.status()).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void aConnectionGoesOnAfterARefusalWhoseBodyCameAnyway() {
        PushedTo follower = follower().subscribe(1);
        WalSegmentPayload later = segment(11, 10);
        WalSegmentPayload first = segment(1, 10);
        try (RawHttp http = follower.connect()) {
            RawHttp.Response gap = http.put(path(later), later.bytes().length)
                    .send(later.bytes())
                    .response();
            assertThat(gap.status()).isEqualTo(409);
            assertThat(gap.problem()).isEqualTo("gap");
            assertThat(gap.json()).containsEntry("expected", 1L).containsEntry("durable", 0L);
            RawHttp.Response taken = http.put(path(first), first.bytes().length, "Prefer: respond-async")
                    .send(first.bytes())
                    .response();
            assertThat(taken.status()).isEqualTo(202);
        }
    }

    @Test
    void aLengthIsRequired() {
        PushedTo follower = follower().subscribe(1);
        try (RawHttp http = follower.connect()) {
            http.put("/v1/segments/1/3/1", -1, "Transfer-Encoding: chunked").send("3\r\nabc\r\n0\r\n\r\n");
            assertThat(http.response().status()).isEqualTo(411);
            assertThat(http.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Segment-Events: 0",
                "Segment-Events: -3",
                "Segment-Events: ten",
                "Segment-Events: 9223372036854775807",
                "Leader-Epoch: 0",
                "Leader-Epoch: one",
                "Leader-Epoch: 1;end=3",
                "Leader-Epoch: 1;start=-1",
            })
    void headersMustBeWellFormed(String header) {
        PushedTo follower = follower().subscribe(1);
        try (RawHttp http = follower.connect()) {
            RawHttp.Response answer =
                    http.put("/v1/segments/1/3/2", 600, EXPECT, header).response();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("detail").toString())
                    .contains(header.substring(0, header.indexOf(':')))
                    .contains("expected");
        }
    }

    @Test
    void nobodyIsTakenFromWithoutASubscriber() {
        PushedTo follower = follower();
        RawHttp.Response answer = follower.push(segment(1, 10));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("not-ready");
        assertThat(answer.headers()).containsEntry("retry-after", "1");
        try (RawHttp http = follower.connect()) {
            assertThat(http.get("/v1/positions").status()).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DISK_FULL, 503, disk-full",
        "LEDGER_FULL, 503, ledger-full",
        "IO_FAILED, 503, failed-io",
        "RECOVERING, 503, recovering",
        "DIVERGED, 409, diverged",
        "FENCED, 409, fenced",
    })
    void aLogInTroubleTakesNothingUnlessItAskedForIt(LogState state, int status, String problem) {
        PushedTo follower = follower().subscribe(1);
        follower.troubles.put(LOG, new LogTrouble(state, "the disk is what it is"));
        RawHttp.Response answer = follower.push(segment(1, 10));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.problem()).isEqualTo(problem);
        assertThat(answer.json()).containsEntry("detail", "the disk is what it is");

        follower.transport.request(LOG, 1);
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
        assertThat(follower.push(segment(11, 10), "Prefer: respond-async").status())
                .isEqualTo(status);
    }

    @Test
    void bytesAreReservedBeforeTheyAreRead() {
        PushedTo follower = follower(HttpPushTransport.builder().maxInFlightBytes(10_000));
        follower.subscribe(10);
        try (RawHttp slow = follower.connect();
                RawHttp next = follower.connect()) {
            slow.put("/v1/segments/1/3/1", 9_000, EXPECT);
            assertThat(slow.response().status()).isEqualTo(100);
            RawHttp.Response busy =
                    next.put("/v1/segments/1/4/1", 9_000, EXPECT).response();
            assertThat(busy.status()).isEqualTo(429);
            assertThat(busy.headers()).containsEntry("retry-after", "1");
        }
        // the reader has gone, and with it what was reserved
        await().until(() ->
                follower.push(segment(1, 10), "Prefer: respond-async").status() == 202);
    }

    @Test
    void requestsAreBounded() {
        PushedTo follower = follower(HttpPushTransport.builder().maxConcurrentRequests(1));
        follower.subscribe(10);
        try (RawHttp first = follower.connect();
                RawHttp second = follower.connect()) {
            first.put("/v1/segments/1/3/1", 600, EXPECT);
            assertThat(first.response().status()).isEqualTo(100);
            assertThat(second.put("/v1/segments/1/3/1", 600, EXPECT).response().status())
                    .isEqualTo(429);
        }
    }

    @Test
    void aSegmentThatNobodyAsksForIsGivenBack() {
        PushedTo follower = follower(HttpPushTransport.builder().demandPatience(Duration.ofMillis(20)));
        follower.subscribe(1);
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
        assertThat(follower.push(segment(11, 10), "Prefer: respond-async").status())
                .isEqualTo(429);
        RawHttp.Response gap = follower.push(segment(21, 10));
        assertThat(gap.json()).as("it was not taken after all").containsEntry("expected", 11L);
        follower.subscriber.request(1);
        assertThat(follower.push(segment(11, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
        assertThat(follower.received).hasSize(2);
    }

    @Test
    void whatIsNotDurableInTimeIsToBeAskedForAgain() {
        PushedTo follower = follower(
                HttpPushTransport.builder().answerTimeout(Duration.ofMillis(20)).bodyTimeout(Duration.ofMillis(500)));
        follower.subscribe(1);
        RawHttp.Response answer = follower.push(segment(1, 10));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("not-durable-yet");
        follower.transport.acknowledge(LOG, 10);
        assertThat(follower.push(segment(1, 10)).status()).isEqualTo(200);
    }

    @Test
    void aRefusedSegmentIsNamedWithItsFault() {
        PushedTo follower = follower().subscribe(2);
        WalSegmentPayload segment = segment(1, 10);
        Mono<RawHttp.Response> push = pushing(follower, segment);
        await().until(() -> follower.received.size() == 1);
        follower.transport.decided(new SegmentOutcome.Refused(
                segment.id(), new Corruption(segment.id(), 2, 77, "checksum", "\"aa\"", "b\\b\n")));
        RawHttp.Response answer = push.block(Duration.ofMinutes(2));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.problem()).isEqualTo("corrupt");
        assertThat(answer.json())
                .containsEntry("batch", 2L)
                .containsEntry("byte", 77L)
                .containsEntry("field", "checksum")
                .containsEntry("expectedValue", "\"aa\"")
                .containsEntry("foundValue", "b\\b\n")
                .containsEntry("expected", 1L);
        assertThat(follower.transport.refusals()).containsEntry("corrupt", 1L);

        Mono<RawHttp.Response> again = pushing(follower, segment);
        await().until(() -> follower.received.size() == 2);
        follower.transport.decided(
                new SegmentOutcome.Refused(segment.id(), new InvalidEvent(segment.id(), 0, 64, "type", "0..3", "9")));
        assertThat(again.block(Duration.ofMinutes(2)).problem()).isEqualTo("invalid-event");
    }

    @Test
    void aSegmentThatWasLetGoOrAbandonedIsToBeSentAgain() {
        PushedTo follower = follower().subscribe(2);
        WalSegmentPayload segment = segment(1, 10);
        Mono<RawHttp.Response> deferred = pushing(follower, segment);
        await().until(() -> follower.received.size() == 1);
        follower.transport.decided(new SegmentOutcome.Deferred(segment.id(), "no room"));
        assertThat(deferred.block(Duration.ofMinutes(2)).status()).isEqualTo(429);

        Mono<RawHttp.Response> abandoned = pushing(follower, segment);
        await().until(() -> follower.received.size() == 2);
        follower.transport.decided(new SegmentOutcome.Abandoned(segment.id(), "the end"));
        assertThat(abandoned.block(Duration.ofMinutes(2)).status()).isEqualTo(503);
    }

    @Test
    void aLogOnHoldTakesNothingUntilItIsAskedForOrAnotherCopyGotThrough() {
        PushedTo follower = follower().subscribe(10);
        follower.transport.hold(LOG, 1);
        assertThat(follower.push(segment(1, 10)).status()).isEqualTo(429);
        follower.transport.request(LOG, 1);
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
        follower.transport.hold(LOG, 11);
        assertThat(follower.push(segment(11, 10)).status()).isEqualTo(429);
        follower.transport.acknowledge(LOG, 20);
        assertThat(follower.push(segment(21, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
    }

    @Test
    void whatWasAppliedAndLostAgainIsToBeSentAgain() {
        PushedTo follower = follower().subscribe(10);
        WalSegmentPayload segment = segment(1, 10);
        Mono<RawHttp.Response> push = pushing(follower, segment);
        await().until(() -> follower.received.size() == 1);
        follower.transport.decided(new SegmentOutcome.Applied(segment.id(), 10, 10, 0, 10));
        follower.transport.request(LOG, 1);
        assertThat(push.block(Duration.ofMinutes(2)).status()).isEqualTo(429);
    }

    @Test
    void twoSendersOfOneSegmentAreBothAnsweredWhenItIsDurable() {
        PushedTo follower = follower().subscribe(10);
        WalSegmentPayload segment = segment(1, 10);
        Mono<RawHttp.Response> one = pushing(follower, segment);
        Mono<RawHttp.Response> other = pushing(follower, segment);
        await().until(() -> follower.received.size() == 2);
        follower.transport.decided(new SegmentOutcome.Applied(segment.id(), 10, 10, 0, 10));
        follower.transport.decided(new SegmentOutcome.Duplicate(segment.id()));
        follower.transport.acknowledge(LOG, 10);
        assertThat(one.block(Duration.ofMinutes(2)).status()).isEqualTo(200);
        assertThat(other.block(Duration.ofMinutes(2)).status()).isEqualTo(200);
    }

    @Test
    void cancellingAnswersWhoeverWaits() {
        PushedTo follower = follower().subscribe(1);
        Mono<RawHttp.Response> emitted = pushing(follower, segment(1, 10));
        await().until(() -> follower.received.size() == 1);
        follower.subscriber.cancel();
        RawHttp.Response answer = emitted.block(Duration.ofMinutes(2));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("stopping");
        follower.subscribe(1);
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
    }

    @Test
    void closingCompletesTheFluxAndAnyLaterOne() {
        PushedTo follower = follower().subscribe(0);
        Mono<RawHttp.Response> queued = pushing(follower, segment(1, 10));
        follower.transport.close();
        await().until(() -> follower.complete);
        assertThat(queued.block(Duration.ofMinutes(2)).status()).isEqualTo(503);
        follower.complete = false;
        follower.subscribe(0);
        await().until(() -> follower.complete);
    }

    @Test
    void anEpochIsPutOnRecordBeforeItsFirstSegmentIsHandedOver() {
        PushedTo follower = follower();
        follower.positions.put(LOG, 10L);
        follower.subscribe(10);
        List<LogId> changes = new CopyOnWriteArrayList<>();
        follower.transport.changes().subscribe(changes::add);
        assertThat(follower.transport.epoch(LOG)).isEmpty();
        assertThat(follower.push(segment(1, 10), "Leader-Epoch: 7", "Segment-Events: 10")
                        .status())
                .isEqualTo(200);
        assertThat(follower.epochs).as("a duplicate is no reason").isEmpty();
        assertThat(follower.push(segment(11, 10), "Leader-Epoch: 7", "Prefer: respond-async")
                        .status())
                .isEqualTo(202);
        assertThat(follower.epochs).containsEntry(LOG, new LeaderEpoch(7, 10));
        assertThat(follower.transport.epoch(LOG)).contains(new LeaderEpoch(7, 10));

        RawHttp.Response lower = follower.push(segment(21, 10), "Leader-Epoch: 6");
        assertThat(lower.status()).isEqualTo(409);
        assertThat(lower.problem()).isEqualTo("fenced");

        RawHttp.Response underWay = follower.push(segment(16, 10), "Leader-Epoch: 8;start=15");
        assertThat(underWay.status())
                .as("events of the old epoch are not decided")
                .isEqualTo(429);
        follower.transport.acknowledge(LOG, 20);
        RawHttp.Response diverged = follower.push(segment(16, 10), "Leader-Epoch: 8;start=15");
        assertThat(diverged.status()).isEqualTo(409);
        assertThat(diverged.problem()).isEqualTo("diverged");
        assertThat(diverged.json()).containsEntry("durable", 20L);
        assertThat(follower.transport.trouble(LOG).orElseThrow().state()).isEqualTo(LogState.DIVERGED);
        assertThat(changes).contains(LOG);
        changes.clear();
        assertThat(follower.push(segment(16, 10), "Leader-Epoch: 8").problem())
                .as("where it began nobody can tell")
                .isEqualTo("diverged");
        assertThat(follower.push(segment(16, 10), "Leader-Epoch: 8;start=20", "Prefer: respond-async")
                        .status())
                .isEqualTo(202);
        assertThat(follower.epochs).containsEntry(LOG, new LeaderEpoch(8, 20));
        assertThat(follower.transport.trouble(LOG)).isEmpty();
        assertThat(changes).contains(LOG);
        assertThat(follower.push(segment(26, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
        assertThat(follower.transport.epoch(LOG)).as("the last sender had none").isEmpty();
    }

    @Test
    void anEpochThatBeganBelowWhatWasReceivedIsAnotherHistory() {
        PushedTo follower = follower();
        follower.positions.put(LOG, 10L);
        follower.subscribe(10);
        follower.adoption = Mono.error(new DivergedException(LOG, 7, 10, 20)); // by another source, not durable yet
        assertThat(follower.push(segment(11, 10), "Leader-Epoch: 7").status())
                .as("where it began nobody can tell")
                .isEqualTo(429);

        RawHttp.Response diverged = follower.push(segment(11, 10), "Leader-Epoch: 7;start=10");
        assertThat(diverged.status()).isEqualTo(409);
        assertThat(diverged.problem()).isEqualTo("diverged");
        assertThat(diverged.json()).containsEntry("durable", 10L);
        assertThat(diverged.json().get("detail").toString()).contains("after event 10", "up to 20", "bootstrap");
        assertThat(follower.transport.trouble(LOG).orElseThrow().state()).isEqualTo(LogState.DIVERGED);
        assertThat(follower.received).isEmpty();
    }

    @Test
    void nothingOfALowerEpochIsTakenWhileAnotherIsPutOnRecord() {
        PushedTo follower = follower().subscribe(10);
        follower.epochs.put(LOG, new LeaderEpoch(1, 0));
        Sinks.Empty<Void> durable = Sinks.empty();
        follower.adoption = durable.asMono();
        WalSegmentPayload segment = segment(1, 10);
        try (RawHttp http = follower.connect()) {
            http.put(PushedTo.path(segment), segment.bytes().length, "Leader-Epoch: 2;start=0", "Prefer: respond-async")
                    .send(segment.bytes());
            await().until(() -> durable.currentSubscriberCount() == 1);

            assertThat(follower.push(segment(1, 5), "Leader-Epoch: 1").status()).isEqualTo(429);
            assertThat(follower.received).isEmpty();

            durable.tryEmitEmpty().orThrow();
            assertThat(http.response().status()).isEqualTo(202);
        }
        assertThat(follower.push(segment(11, 5), "Leader-Epoch: 1").problem()).isEqualTo("fenced");
        assertThat(follower.received).hasSize(1);
    }

    @Test
    void identitiesAreAskedForAndKeptToTheirLogs() {
        ServerSecurity tokens = new ServerSecurity() {
            @Override
            public @Nullable SslContext tls() {
                return null;
            }

            @Override
            public Optional<Identity> identify(@Nullable X509Certificate certificate, byte @Nullable [] token) {
                return token != null && new String(token, StandardCharsets.UTF_8).equals("secret")
                        ? Optional.of(new Identity("a", LOG::equals, LOG::equals, false))
                        : Optional.empty();
            }
        };
        PushedTo follower = follower(HttpPushTransport.builder().security(tokens));
        follower.positions.putAll(Map.of(LOG, 5L, new LogId(2, 2), 7L));
        follower.subscribe(10);
        try (RawHttp http = follower.connect()) {
            RawHttp.Response nobody =
                    http.put("/v1/segments/1/3/6", 600, EXPECT).response();
            assertThat(nobody.status()).isEqualTo(401);
            assertThat(nobody.headers()).containsEntry("www-authenticate", "Bearer");
        }
        try (RawHttp http = follower.connect()) {
            RawHttp.Response wrong = http.put("/v1/segments/1/3/6", 600, EXPECT, "Authorization: Bearer guess")
                    .response();
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(wrong.body()).doesNotContain("guess");
        }
        try (RawHttp http = follower.connect()) {
            assertThat(http.put("/v1/segments/2/2/8", 600, EXPECT, "Authorization: Bearer secret")
                            .response()
                            .status())
                    .isEqualTo(403);
        }
        assertThat(follower.push(segment(6, 10), "Authorization: bearer secret", "Prefer: respond-async")
                        .status())
                .isEqualTo(202);
        try (RawHttp http = follower.connect()) {
            assertThat(http.get("/v1/positions", "Authorization: Bearer secret").json())
                    .isEqualTo(Map.of("1:3", 5L));
            assertThat(http.get("/v1/positions").status()).isEqualTo(401);
        }
    }

    @Test
    void headsAreHeard() {
        PushedTo follower = follower().subscribe(1);
        assertThat(follower.transport.head(LOG)).isEmpty();
        String said = "{\"head\": 120, \"clock\": 1767225600000000000}";
        try (RawHttp http = follower.connect()) {
            assertThat(http.put("/v1/heads/1/3", said.length())
                            .send(said)
                            .response()
                            .status())
                    .isEqualTo(200);
            assertThat(follower.transport.head(LOG)).hasValue(120);
            assertThat(follower.transport.heartbeat(LOG).orElseThrow().clockNanos())
                    .isEqualTo(1767225600000000000L);
            String wrong = "{\"head\": 120, \"clock\": 1.5}";
            RawHttp.Response answer =
                    http.put("/v1/heads/1/3", wrong.length()).send(wrong).response();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("detail").toString())
                    .contains("character 24")
                    .contains("U+002E");
        }
    }

    @Test
    void positionsCanBeAskedForOneLog() {
        PushedTo follower = follower();
        follower.positions.putAll(Map.of(LOG, 5L, new LogId(2, 2), 7L));
        follower.subscribe(0);
        try (RawHttp http = follower.connect()) {
            assertThat(http.get("/v1/positions?log=1:3").json()).isEqualTo(Map.of("1:3", 5L));
            assertThat(http.get("/v1/positions").json()).isEqualTo(Map.of("1:3", 5L, "2:2", 7L));
            assertThat(http.get("/v1/positions?log=3").status()).isEqualTo(400);
        }
    }

    @Test
    void aBodyThatStallsIsGivenUp() {
        PushedTo follower = follower(HttpPushTransport.builder().bodyTimeout(Duration.ofMillis(50)));
        follower.subscribe(1);
        try (RawHttp http = follower.connect()) {
            RawHttp.Response answer =
                    http.put("/v1/segments/1/3/1", 600).send("half").response();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(http.ends()).isTrue();
        }
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\1\2\3\4\5\6\7 \r\n\r\n",
                "GET\r\n\r\n",
                "PUT /v1/segments/1/3/1 HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
                "PUT /v1/segments/1/3/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "PUT /v1/segments/1/3/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            })
    void garbageIsAnsweredAndTheConnectionClosed(String garbage) {
        PushedTo follower = follower().subscribe(1);
        try (RawHttp http = follower.connect()) {
            assertThat(http.send(garbage).response().status()).isEqualTo(400);
            assertThat(http.ends()).isTrue();
        }
        assertThat(follower.push(segment(1, 10), "Prefer: respond-async").status())
                .isEqualTo(202);
    }

    /** The network library would keep all of it until the first is answered. */
    @Test
    void aRequestThatDoesNotWaitForTheAnswerBeforeItIsNotKept() {
        PushedTo follower = follower().subscribe(1);
        WalSegmentPayload segment = segment(1, 10);
        try (RawHttp http = follower.connect()) {
            http.put(path(segment), segment.bytes().length).send(segment.bytes());
            await().until(() -> follower.received.size() == 1);
            http.put("/v1/segments/1/4/1", 60_000_000);
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aConnectionThatBringsNoRequestIsClosed() {
        HttpPushTransport transport = HttpPushTransport.create();
        HttpListener server = HttpListener.start(
                        transport.routes(), transport.security(), "127.0.0.1", 0, 10, Duration.ofMillis(50))
                .block(Duration.ofMinutes(1));
        try (RawHttp silent = new RawHttp(server.address());
                RawHttp half = new RawHttp(server.address())) {
            half.send("PUT /v1/segm");
            assertThat(silent.ends()).isTrue();
            assertThat(half.ends()).isTrue();
        } finally {
            server.stop(Duration.ZERO).block(Duration.ofMinutes(1));
        }
    }

    @Test
    void optionsOutOfTheirRangeAreRefused() {
        assertThatThrownBy(() -> HttpPushTransport.builder().maxSegmentBytes(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxSegmentBytes");
    }

    private static Map<String, Object> positions(PushedTo follower) {
        try (RawHttp http = follower.connect()) {
            return http.get("/v1/positions").json();
        }
    }

    private static Mono<RawHttp.Response> pushing(PushedTo follower, WalSegmentPayload segment, String... headers) {
        Mono<RawHttp.Response> answer = Mono.fromCallable(() -> follower.push(segment, headers))
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
        answer.subscribe(done -> {}, failure -> {});
        return answer;
    }
}
