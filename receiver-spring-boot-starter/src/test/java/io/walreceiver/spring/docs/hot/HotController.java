package io.walreceiver.spring.docs.hot;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import java.time.Duration;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

@RestController
@RequestMapping("/api/hot")
class HotController {

    record Hot(String entity, double score, long lastDay) {

        static Hot of(SignalReading reading) {
            return new Hot(Long.toUnsignedString(reading.entityId()), reading.score(), reading.lastDay());
        }
    }

    private final InMemorySignalLedger ledger;
    private final SegmentReceiver receiver;

    HotController(InMemorySignalLedger ledger, SegmentReceiver receiver) {
        this.ledger = ledger;
        this.receiver = receiver;
    }

    @GetMapping
    List<Hot> now() {
        return ledger.topByScore(0, 10, ledger.newestEventNanos()).stream()
                .map(Hot::of)
                .toList();
    }

    @GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<List<Hot>> live() {
        return Flux.interval(Duration.ZERO, Duration.ofMillis(500))
                .onBackpressureDrop()
                .map(tick -> now())
                .distinctUntilChanged()
                .takeUntilOther(receiver.statusChanges().then()); // it ends with the receiver, before the server waits
    }
}
