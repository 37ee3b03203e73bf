package io.walreceiver.server.command;

import io.walreceiver.ReceiverStatus.Phase;
import io.walreceiver.SegmentReceiver;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.replay.Replayed;
import io.walreceiver.transport.Transport;
import java.io.IOException;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Runs a receiver that nothing is sent to: it recovers what is stored, does something with it, and stops. */
final class Offline {

    private final DataInUse data;

    Offline(DataInUse data) {
        this.data = data;
    }

    /**
     * Runs it.
     *
     * @param work what is done once everything has been recovered
     * @throws IOException if the work failed with one
     */
    Replayed run(Function<SegmentReceiver, Mono<Void>> work) throws IOException {
        Sinks.Empty<WalSegmentPayload> end = Sinks.empty();
        Transport silent = Transport.of(Flux.from(end.asMono()));
        try {
            return Quiet.run(() -> data.replay(outcome -> {})
                    .run(
                            silent,
                            () -> 0,
                            receiver -> Mono.when(
                                    data.showRecovery(receiver),
                                    whenRunning(receiver, work).doFinally(signal -> end.tryEmitEmpty()))));
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException failure) { // what a blocking wait has wrapped
                throw failure;
            }
            throw e;
        }
    }

    private static Mono<Void> whenRunning(SegmentReceiver receiver, Function<SegmentReceiver, Mono<Void>> work) {
        return receiver.statusChanges()
                .filter(status -> status.phase() == Phase.RUNNING)
                .next()
                .flatMap(status -> work.apply(receiver));
    }
}
