package io.walreceiver.examples.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walreceiver.LogStatus;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentView;
import io.walreceiver.log.LogState;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.test.Segments;
import io.walreceiver.transport.inprocess.InProcessLeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** What is in the database is not what this follower believes, or is not its to write. */
class FencingTest {

    private static final LogId LOG = new LogId(1, 0);
    private static final Duration SOON = Duration.ofSeconds(60);

    private final PostgresServer server = PostgresServer.shared();
    private final String url = server.newSchema();
    private final Segments log = Segments.of(LOG);
    private final List<PostgresLedger> ledgers = new ArrayList<>();

    @AfterEach
    void close() {
        ledgers.forEach(ledger -> ledger.close().block());
    }

    private PostgresLedger connect(String follower) {
        return connect(Model.SCHEMA, follower);
    }

    private PostgresLedger connect(SignalSchema schema, String follower) {
        PostgresLedger ledger = PostgresLedger.connect(url, schema, follower).block(SOON);
        ledgers.add(ledger);
        return ledger;
    }

    private void commit(PostgresPart part, long first, long last) {
        SegmentView segment = SegmentDecoder.decode(log.cut(first, last));
        for (int i = 0; i < segment.batchCount(); i++) {
            part.apply(segment.batch(i), segment.batch(i).lastSeq());
        }
        part.commit(last).block(SOON);
    }

    private PostgresPart open(PostgresLedger ledger) {
        return (PostgresPart) ledger.open(LOG);
    }

    private void assertHolds(long through) {
        Tables tables = Tables.read(server, url);
        assertThat(tables.positions()).isEqualTo(Map.of(LOG, through));
        tables.assertEqual(Model.of(Map.of(LOG, log), Map.of(LOG, through)), Model.SCHEMA, "through " + through);
    }

    @Test
    void theOlderOfTwoFollowersIsRefused() {
        PostgresLedger older = connect("process 17");
        InProcessLeader leader = InProcessLeader.create();
        SegmentReceiver first = SegmentReceiver.create(leader.follower(), older, Model.SCHEMA);
        Disposable following = first.receive().subscribe();
        leader.send(log.next(100)).block(SOON);
        first.awaitApplied(LOG, 100, SOON).block();

        PostgresLedger newer = connect("process 18");
        SegmentReceiver second = SegmentReceiver.create(leader.follower(), newer, Model.SCHEMA);
        Disposable followingToo = second.receive().subscribe();
        leader.send(log.next(100)).block(SOON);
        second.awaitApplied(LOG, 200, SOON).block();

        assertThatThrownBy(() -> older.takenOver().block(SOON))
                .isInstanceOf(TakenOverException.class)
                .hasMessageContaining("the ledger was taken over by process 18 at 2");
        await().atMost(SOON).untilAsserted(() -> {
            LogStatus status = first.status().log(LOG).orElseThrow();
            assertThat(status.state()).isEqualTo(LogState.FAILED);
            assertThat(status.cause().orElseThrow()).contains("taken over by process 18", "stop one of them");
            assertThat(status.applied()).isEqualTo(100);
        });
        leader.send(log.next(100)).block(SOON);
        second.awaitApplied(LOG, 300, SOON).block();
        followingToo.dispose();
        following.dispose();
        assertHolds(300);
    }

    @Test
    void whatWasCommittedThoughTheAnswerWasLostIsNotWrittenAgain() {
        log.next(200);
        PostgresLedger ledger = connect("one");
        PostgresPart unaware = open(ledger);
        commit(open(ledger), 1, 100);
        commit(unaware, 1, 100);
        assertThat(unaware.durableThrough()).isEqualTo(100);
        assertHolds(100);
        commit(unaware, 101, 200);
        assertHolds(200);
    }

    @Test
    void aPartThatIsBehindIsOpenedAgainWhereTheTableStands() {
        log.next(200);
        PostgresLedger ledger = connect("one");
        PostgresPart unaware = open(ledger);
        PostgresPart further = open(ledger);
        commit(open(ledger), 1, 100);
        assertThatThrownBy(() -> commit(unaware, 1, 150)).hasMessageContaining("stands at event 100", "event 0");
        assertThatThrownBy(() -> commit(further, 1, 50)).hasMessageContaining("stands at event 100", "event 0");
        assertHolds(100);
        PostgresPart again = open(ledger);
        assertThat(again.durableThrough()).isEqualTo(100);
        commit(again, 101, 200);
        assertHolds(200);
    }

    @Test
    void aDatabaseThatWentBackIsNotWrittenTo() {
        log.next(200);
        PostgresLedger ledger = connect("one");
        PostgresPart part = open(ledger);
        commit(part, 1, 50);
        commit(part, 51, 100);
        String schema = PostgresServer.schemaOf(url);
        server.execute("UPDATE " + schema + ".ledger_position SET position = 50");
        assertThatThrownBy(() -> commit(part, 101, 150)).hasMessageContaining("stands at event 50", "backup");
        server.execute("DELETE FROM " + schema + ".ledger_position");
        assertThatThrownBy(() -> commit(open(ledger), 101, 150)).hasMessageContaining("stands at event 0", "backup");
        assertThat(Tables.read(server, url).events()).isEqualTo(100);
    }

    @Test
    void otherHalfLivesAreRefusedAndNewTypesAreNot() {
        connect(SignalSchema.of(SignalType.exponential(0, "view", Duration.ofDays(7))), "one");
        connect(
                SignalSchema.of(
                        SignalType.exponential(0, "view", Duration.ofDays(7)), SignalType.permanent(1, "follow")),
                "two");
        assertThatThrownBy(() -> connect(
                        SignalSchema.of(
                                SignalType.exponential(0, "view", Duration.ofDays(8)),
                                SignalType.permanent(1, "follow")),
                        "three"))
                .hasMessageContaining("other signal types", "half-life PT168H");
    }

    @Test
    void followersThatStartAtTheSameTimeMakeTheTablesOnce() {
        List<PostgresLedger> all = reactor.core.publisher.Flux.range(0, 8)
                .flatMap(i -> PostgresLedger.connect(url, Model.SCHEMA, "follower " + i))
                .collectList()
                .block(SOON);
        ledgers.addAll(all);
        assertThat(all).hasSize(8);
    }
}
