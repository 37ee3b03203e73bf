package io.walreceiver.spring.actuate;

import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.LogId;
import io.walreceiver.health.SourceState;
import io.walreceiver.spring.ReceiverLifecycle;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** The endpoint {@code walreceiver}: how the receiver and each log stand. */
@Endpoint(id = "walreceiver")
public final class ReceiverEndpoint {

    private final SegmentReceiver receiver;
    private final ReceiverLifecycle lifecycle;
    private final Supplier<List<SourceState>> sources;

    /**
     * An endpoint.
     *
     * @param receiver is told of
     * @param lifecycle its life, which tells why it has failed
     * @param sources how its sources stand
     */
    public ReceiverEndpoint(
            SegmentReceiver receiver, ReceiverLifecycle lifecycle, Supplier<List<SourceState>> sources) {
        this.receiver = receiver;
        this.lifecycle = lifecycle;
        this.sources = sources;
    }

    /** How everything stands. */
    @ReadOperation
    public ReceiverDescriptor receiver() {
        String failure =
                lifecycle.failure().map(e -> String.valueOf(e.getMessage())).orElse(null);
        return ReceiverDescriptor.of(receiver.status(), receiver.outcomes(), failure, sources.get());
    }

    /**
     * How one log stands.
     *
     * @param log its id, REGION:SHARD
     * @return null if there is no such log
     */
    @ReadOperation
    public ReceiverDescriptor.@Nullable Log log(@Selector String log) {
        try {
            return receiver.status()
                    .log(LogId.parse(log))
                    .map(ReceiverDescriptor.Log::of)
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
