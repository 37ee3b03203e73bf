package io.walreceiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.walreceiver.format.LogId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.log.LogState;
import io.walreceiver.outcome.SegmentOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A segment that comes broken in the same way again and again is broken where it comes from. */
class SourceCorruptTest {

    private static final LogId LOG = new LogId(1, 3);
    private static final LogId OTHER = new LogId(1, 4);
    private static final WalSegmentPayload GOOD = Leader.segment(LOG, 11, 10);

    private final RecordingLedger ledger = new RecordingLedger();
    private final Sinks.Many<WalSegmentPayload> source = Sinks.many().unicast().onBackpressureBuffer();
    private final ScriptedTransport transport = new ScriptedTransport(source.asFlux());
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<SegmentOutcome> outcomes = new ArrayList<>();
    private final SegmentReceiver receiver = SegmentReceiver.create(
            transport,
            ledger,
            Schemas.FOUR_TYPES,
            ReceiverOptions.builder()
                    .replayScheduler(Schedulers.immediate())
                    .timer(time)
                    .minResendDelay(Duration.ofMillis(100))
                    .maxResendDelay(Duration.ofSeconds(30))
                    .build());

    private void start() {
        receiver.receive().subscribe(outcomes::add);
        deliver(Leader.segment(LOG, 1, 10));
    }

    @AfterEach
    void stop() {
        receiver.stop(Duration.ZERO).block();
        time.dispose();
    }

    private void deliver(WalSegmentPayload... segments) {
        for (WalSegmentPayload segment : segments) {
            source.tryEmitNext(segment).orThrow();
        }
    }

    /** The segment with one bit of one of its last bytes turned; the same bytes, in another array, for the same number. */
    private static WalSegmentPayload corrupt(int byteFromTheEnd) {
        byte[] bytes = GOOD.bytes().clone();
        bytes[bytes.length - byteFromTheEnd] ^= 1;
        return new WalSegmentPayload(GOOD.id(), bytes, GOOD.eventCount());
    }

    private LogStatus log(LogId log) {
        return receiver.status().log(log).orElseThrow();
    }

    private long requests() {
        return transport.said.stream()
                .filter(said -> said.what().equals("request"))
                .count();
    }

    @Test
    void threeEqualCopiesAreAFaultOfTheSource() {
        start();
        deliver(corrupt(1), corrupt(1));
        assertThat(log(LOG).state()).isEqualTo(LogState.CORRUPT);

        deliver(corrupt(1));
        assertThat(log(LOG).state()).isEqualTo(LogState.SOURCE_CORRUPT).hasToString("source corrupt");
        assertThat(log(LOG).cause().orElseThrow())
                .contains("segment 1:3:11")
                .contains("checksum")
                .contains("the same bytes came 3 times");

        deliver(Leader.segment(OTHER, 1, 10));
        assertThat(log(OTHER).applied()).as("another log").isEqualTo(10);
    }

    @Test
    void copiesThatAreBrokenInDifferentPlacesAreAFaultOfTheWay() {
        start();
        for (int copy = 1; copy <= 10; copy++) {
            deliver(corrupt(copy));
        }
        assertThat(log(LOG).state()).isEqualTo(LogState.CORRUPT);
    }

    @Test
    void itIsAskedForSlowlyFromThenOn() {
        start();
        deliver(corrupt(1), corrupt(1), corrupt(1));
        time.advanceTimeBy(Duration.ofSeconds(1)); // asked once, as after any trouble
        assertThat(requests()).isEqualTo(1);

        for (int round = 0; round < 40; round++) { // 20 s, within the shortest of the long pauses
            time.advanceTimeBy(Duration.ofMillis(500));
            deliver(corrupt(1));
        }
        assertThat(requests()).as("requests within the first long pause").isEqualTo(1);

        time.advanceTimeBy(Duration.ofSeconds(20));
        assertThat(requests()).as("requests after it").isEqualTo(2);
    }

    @Test
    void aGoodCopyHealsIt() {
        start();
        deliver(corrupt(1), corrupt(1), corrupt(1), Leader.segment(LOG, 21, 10));
        assertThat(log(LOG).state()).isEqualTo(LogState.SOURCE_CORRUPT);

        deliver(GOOD);

        assertThat(log(LOG).state()).isEqualTo(LogState.RUNNING);
        assertThat(log(LOG).applied()).isEqualTo(30);
        assertThat(ledger.events(LOG)).hasSize(30);
    }
}
