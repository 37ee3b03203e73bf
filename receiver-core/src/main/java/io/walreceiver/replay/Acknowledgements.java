package io.walreceiver.replay;

import io.walreceiver.log.LogProgress;
import java.util.function.LongConsumer;

/** Tells the sender through where it may forget. Any thread. */
final class Acknowledgements implements LongConsumer {

    private final LogProgress progress;
    private final LongConsumer sender;

    Acknowledgements(LogProgress progress, LongConsumer sender) {
        this.progress = progress;
        this.sender = sender;
    }

    @Override
    public void accept(long durable) {
        if (durable > 0) {
            progress.acknowledged(durable);
            sender.accept(durable);
        }
    }
}
