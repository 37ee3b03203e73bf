package io.walreceiver;

import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.publisher.Sinks.EmitResult;

/** Tells whoever wants to know that the status has changed. */
final class StatusChanges {

    /** Writers of several logs may meet here; each must get its turn. */
    private static final EmitFailureHandler RETRY = (signal, result) -> result == EmitResult.FAIL_NON_SERIALIZED;

    private final Sinks.Many<Boolean> happened = Sinks.many().replay().latestOrDefault(true);
    private final Supplier<ReceiverStatus> status;

    StatusChanges(Supplier<ReceiverStatus> status) {
        this.status = status;
    }

    /** Also if nobody seems to be there: who comes at this moment has read the status before they are counted (Reactor 3.8.8). */
    void changed() {
        happened.emitNext(true, RETRY);
    }

    void complete() {
        happened.emitNext(true, RETRY);
        happened.emitComplete(RETRY);
    }

    Flux<ReceiverStatus> flux() {
        return happened.asFlux().onBackpressureLatest().map(change -> status.get());
    }
}
