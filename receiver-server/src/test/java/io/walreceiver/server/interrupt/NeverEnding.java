package io.walreceiver.server.interrupt;

import java.time.Duration;

/** A command that takes for ever to stop. */
final class NeverEnding {

    private NeverEnding() {}

    public static void main(String[] args) {
        try (UntilInterrupted stop = new UntilInterrupted(Duration.ofDays(1), () -> {})) {
            System.out.println("ready");
            stop.await();
            System.out.println("stopping");
            while (stop.isInterrupted()) {
                Thread.onSpinWait();
            }
        }
    }
}
