package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.outcome.SegmentOutcome;
import io.walreceiver.outcome.SegmentOutcome.Applied;
import io.walreceiver.outcome.SegmentOutcome.Duplicate;
import io.walreceiver.outcome.SegmentOutcome.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;
import reactor.test.subscriber.TestSubscriber;

/** One log's sixty events cut in several ways, delivered as {@code vectors/delivery/order.csv} says, answer by answer. */
class DeliveryTest {

    private static final Path VECTORS = Path.of(System.getProperty("vectors"), "delivery");
    private static final LogId LOG = new LogId(2, 3);

    @Test
    void eachDeliveryIsAnsweredAsListed() throws IOException {
        RecordingLedger ledger = new RecordingLedger();
        TestPublisher<WalSegmentPayload> source = TestPublisher.create();
        ScriptedTransport transport = new ScriptedTransport(source.flux());
        SegmentReceiver receiver = SegmentReceiver.create(
                transport,
                ledger,
                Schemas.FOUR_TYPES,
                ReceiverOptions.builder()
                        .replayScheduler(Schedulers.immediate())
                        .build());
        List<SegmentOutcome> outcomes = new ArrayList<>();
        TestSubscriber<SegmentOutcome> subscriber = TestSubscriber.create();
        receiver.receive().doOnNext(outcomes::add).subscribe(subscriber);
        List<String> rows = Files.readAllLines(VECTORS.resolve("order.csv"));
        assertThat(rows).hasSizeGreaterThan(11);
        for (String row : rows.subList(1, rows.size())) {
            String[] column = row.split(",", 9);
            outcomes.clear();

            source.next(payload(column));

            assertThat(answer(column, outcomes)).as(row).isEqualTo(column[6]);
            LogStatus log = receiver.status().log(LOG).orElseThrow();
            assertThat(log.applied()).as(row).isEqualTo(Long.parseLong(column[7]));
            assertThat(transport.acknowledged.get(LOG)).as(row).isEqualTo(log.applied());
        }
        source.complete();
        assertThat(subscriber.isTerminatedComplete()).isTrue();

        assertThat(ledger.events(LOG)).hasSize(60);
        assertThat(receiver.status().log(LOG).orElseThrow().cause()).isEmpty();
        OutcomeCounts counts = receiver.stop(Duration.ZERO).block().outcomes();
        assertThat(counts.appliedEvents()).isEqualTo(60);
        assertThat(counts.applied() + counts.duplicate() + counts.refused()).isEqualTo(rows.size() - 1);
    }

    private static WalSegmentPayload payload(String[] column) {
        try {
            return new WalSegmentPayload(
                    new WalSegmentId(
                            Integer.parseInt(column[2]), Integer.parseInt(column[3]), Long.parseLong(column[4])),
                    Files.readAllBytes(VECTORS.resolve(column[1])),
                    Long.parseLong(column[5]));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The answer to the segment delivered; held ones that end with it may follow. */
    private static String answer(String[] column, List<SegmentOutcome> outcomes) {
        if (outcomes.isEmpty()) {
            return "held";
        }
        SegmentOutcome first = outcomes.get(0);
        assertThat(first.segment().seqno()).isEqualTo(Long.parseLong(column[4]));
        if (first instanceof Applied) {
            return "applied";
        }
        if (first instanceof Duplicate) {
            return "duplicate";
        }
        return first instanceof Refused refused && refused.fault() instanceof Corruption ? "corrupt" : "other";
    }
}
